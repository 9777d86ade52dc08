import Foundation
import Testing

/// Files of definitions that sweeps use, through the program as users run it.
@Suite struct UsedDefinitionTests {
    private static let definitions = """
        problems:
          bowl:
            parameters: {a: 2}
            variables: {u: 3}
            constants: {B: {file: numbers/b.csv}}
            objective: "a * sum((B @ u - 1)^2) / 2"
            start: {u: 0.5}
        optimizers:
          heavy: {parameters: {beta: 0.5}, memory: {m: 0}, step: "m = beta * m + grad(x)\\nx = x - learning_rate * m"}

        """
    private static let sweep = """
        schema: 1
        name: used
        use: ../definitions/bowls.yaml
        problem: {name: bowl, a: 3}
        optimizer: [sgd, heavy, {name: heavy, beta: 0.25}]
        steps: 40
        trials: 6
        axes: {learning_rate: [0.02, 0.05], noise: [0.1]}
        record: [objective, iterate]
        """

    private func program() throws -> Program {
        let program = try Program()
        try program.write("definitions/bowls.yaml", Self.definitions)
        try program.write("definitions/numbers/b.csv", "1,0,0\n0,2,0\n1,0,1\n")
        try program.write("sweeps/sweep.yaml", Self.sweep)
        return program
    }

    private func trials(_ program: Program, _ result: String) throws -> String {
        let outcome = try program.run("export", "--trials", result)
        #expect(outcome.status == 0, "\(outcome.messages)")
        return outcome.output
    }

    @Test func aResultNeedsNoFileOfDefinitions() throws {
        let program = try program()
        #expect(try program.run("run", "sweeps/sweep.yaml", "--output", "whole.h5").status == 0)
        for shard in 0..<2 {
            let outcome = try program.run("run", "sweeps/sweep.yaml", "--shard", "\(shard)/2", "--output", "\(shard).h5")
            #expect(outcome.status == 0, "\(outcome.messages)")
        }
        try FileManager.default.removeItem(atPath: program.path("definitions/bowls.yaml"))
        #expect(try program.run("run", "sweeps/sweep.yaml", "--output", "whole.h5").status == 65)
        for command in [
            ["audit", "whole.h5"], ["merge", "0.h5", "1.h5", "--output", "merged.h5"], ["status", "merged.h5"], ["plan", "whole.h5"],
            ["run", "whole.h5", "--output", "again.h5"], ["run", "whole.h5", "--set", "trials=8", "--output", "more.h5"],
        ] {
            let outcome = try program.finish(program.start(command))
            #expect(outcome.status == 0, "\(command): \(outcome.messages)")
        }
        let whole = try trials(program, "whole.h5")
        #expect(try trials(program, "merged.h5") == whole && trials(program, "again.h5") == whole)
        let kept = try trials(program, "more.h5").split(separator: "\n")
        #expect(kept.count > whole.split(separator: "\n").count)
    }

    @Test func aDefinitionThatChangedIsNamed() throws {
        let program = try program()
        #expect(try program.run("run", "sweeps/sweep.yaml", "--output", "r.h5").status == 0)
        // What nobody uses, and comments, are nobody's business.
        try program.write("definitions/bowls.yaml", "# Bowls.\n" + Self.definitions + "  light: {step: \"x = x - grad(x)\"}\n")
        #expect(try program.run("run", "sweeps/sweep.yaml", "--output", "r.h5").status == 0)
        try program.write("definitions/bowls.yaml", Self.definitions.replacing("- 1)^2", with: "- 2)^2"))
        let outcome = try program.run("run", "sweeps/sweep.yaml", "--output", "r.h5")
        #expect(outcome.status == 73 && outcome.messages.contains("../definitions/bowls.yaml has changed since: "), "\(outcome.messages)")
        #expect(outcome.messages.contains("- 1)^2") && outcome.messages.contains("- 2)^2"))
    }

    @Test(arguments: [false, true]) func definitionsTravelWithASubmission(staysInPlace: Bool) throws {
        let program = try program()
        #expect(try program.run("run", "sweeps/sweep.yaml", "--output", "r.h5").status == 0)
        let arguments = ["submit", "sweeps/sweep.yaml", "--scheduler", "slurm", "--shards", "2", "--output", "job"]
        let submit = try program.finish(program.start(arguments + (staysInPlace ? ["--in-place"] : [])))
        #expect(submit.status == 0, "\(submit.messages)")
        #expect(program.files.contains("job/numbers/b.csv") == !staysInPlace)
        try FileManager.default.removeItem(atPath: program.path("sweeps/sweep.yaml"))
        try FileManager.default.removeItem(atPath: program.path(staysInPlace ? "definitions/bowls.yaml" : "definitions"))
        let run = try program.run("run", "job/sweep.yaml", "--output", "job/r.h5")
        #expect(run.status == 0, "\(run.messages)")
        #expect(try trials(program, "job/r.h5") == trials(program, "r.h5"))
        #expect(try program.run("audit", "job/r.h5").status == 0)
        // The same again is the same submission.
        #expect(try program.run("status", "job/r.h5").status == 0)
    }

    /// Behind a link `..` is the folder above the link's end, in a file that is used by another one, too, and in what is made absolute
    /// of paths; the result needs none of it.
    @Test func whatLiesBehindLinksIsWhatTheSystemFinds() throws {
        let program = try Program()
        try program.write("sweeps/sweep.yaml", Self.sweep.replacing("../definitions/bowls.yaml", with: "link/a.yaml"))
        try program.write("far/deep/a.yaml", "use: ../bowls.yaml\n")
        try program.write("far/bowls.yaml", Self.definitions)
        try program.write("far/numbers/b.csv", "1,0,0\n0,2,0\n1,0,1\n")
        // What a name without its detour would lead to.
        try program.write("sweeps/bowls.yaml", Self.definitions.replacing("- 1)^2", with: "- 2)^2"))
        try FileManager.default.createSymbolicLink(atPath: program.path("sweeps/link"), withDestinationPath: "../far/deep")
        try FileManager.default.createSymbolicLink(atPath: program.path("link"), withDestinationPath: "far/deep")
        let run = try program.run("run", "sweeps/sweep.yaml", "--output", "r.h5")
        #expect(run.status == 0, "\(run.messages)")
        #expect(try trials(program, "r.h5") == trials(try straight(), "r.h5"))
        // Into far/jobs, whose scripts go there.
        let submit = try program.run(
            "submit", "sweeps/sweep.yaml", "--scheduler", "slurm", "--shards", "2", "--output", "link/../jobs", "--program", "link/../bin/samsweep")
        #expect(submit.status == 0, "\(submit.messages)")
        let script = try String(contentsOfFile: program.path("far/jobs/shards.sbatch"), encoding: .utf8)
        let real = try #require(realpath(program.path("far"), nil).map { String(cString: $0) })
        #expect(script.contains("cd \(real)/jobs\n") && script.contains("samsweep=\(real)/bin/samsweep\n"), "\(script)")
        for gone in ["far/bowls.yaml", "far/deep/a.yaml", "sweeps/sweep.yaml"] { try FileManager.default.removeItem(atPath: program.path(gone)) }
        let again = try program.run("run", "r.h5", "--output", "again.h5")
        // But for its data, which lie where they lay.
        #expect(again.status == 0, "\(again.messages)")
        #expect(try trials(program, "again.h5") == trials(program, "r.h5"))
    }

    /// The same definitions without links, computed.
    private func straight() throws -> Program {
        let program = try program()
        #expect(try program.run("run", "sweeps/sweep.yaml", "--output", "r.h5").status == 0)
        return program
    }

    @Test func listsShowDefinitionsBesideTheCatalogue() throws {
        let program = try program()
        let all = try program.run("list", "problems", "--use", "definitions/bowls.yaml")
        #expect(all.status == 0 && all.output.contains("quadratic: ") && all.output.contains("\n\nbowl: defined in definitions/bowls.yaml"))
        #expect(all.output.contains("a in (-inf, inf), default 2"))
        let one = try program.run("list", "optimizers", "heavy", "--use", "definitions/bowls.yaml")
        #expect(one.output == Self.definitions.split(separator: "\n").last.map { "\($0.drop { $0 == " " })\n" })
        let json = try program.run("list", "optimizers", "m-sam", "--format", "json")
        let values = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        #expect(values.map { $0["name"] as? String } == ["m-sam"])
        let unknown = try program.run("list", "optimizers", "heavi", "--use", "definitions/bowls.yaml")
        #expect(unknown.status == 64 && unknown.messages.contains("heavi"))
        let broken = try program.run("list", "--use", "definitions/numbers/b.csv")
        #expect(broken.status == 65 && broken.messages.contains("definitions/numbers/b.csv:1:1: is no file of definitions"), "\(broken.messages)")
    }
}
