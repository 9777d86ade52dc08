import Foundation
import Testing

/// Every bad input ends with one clear message and the exit code of the contract, and leaves no file behind.
@Suite struct BadInputTests {
    struct Case: CustomTestStringConvertible {
        var name: String
        /// What is changed in the small sweep: the text and what replaces it.
        var change: (String, String)
        /// What the message must name: the field, the offending value, the remedy.
        var mentions: [String]

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "unknown key", change: ("optimizer:", "optimiser:"), mentions: ["optimiser", "optimizer", ":4:"]),
        Case(name: "wrong type", change: ("trials: 20", "trials: many"), mentions: ["trials", "many", ":6:"]),
        Case(name: "negative rho", change: ("[0, 0.01, 0.1, 1.0]", "[0, -0.5]"), mentions: ["rho", "-0.5", ":9:"]),
        Case(name: "learning rate 0", change: ("learning_rate: [0.05]", "learning_rate: [0]"), mentions: ["learning_rate", "0"]),
        Case(name: "infinite learning rate", change: ("learning_rate: [0.05]", "learning_rate: [.inf]"), mentions: ["learning_rate", ".inf"]),
        Case(name: "dimension 0", change: ("dimension: [1, 10]", "dimension: [0]"), mentions: ["dimension", "0"]),
        Case(
            name: "eigenvalues that do not match the dimension",
            change: ("eigenvalues: {logspace: {from: 0.1, to: 1.0}}", "eigenvalues: [1, 2, 3]"),
            mentions: ["eigenvalues", "3", "dimension"]),
        Case(name: "empty axis", change: ("noise: [0.1, 1.0]", "noise: []"), mentions: ["noise"]),
        Case(
            name: "logspace through zero",
            change: ("[0, 0.01, 0.1, 1.0]", "[{logspace: {from: 0, to: 1, count: 3}}]"), mentions: ["logspace", "from"]),
        Case(name: "NaN", change: ("noise: [0.1, 1.0]", "noise: [.nan]"), mentions: ["noise", ".nan"]),
        Case(name: "a where that drops everything", change: ("record:", "where: rho < 0\nrecord:"), mentions: ["where"]),
        Case(
            name: "a cyclic derive",
            change: ("  learning_rate: [0.05]\n", ""), mentions: ["learning_rate"]),
        Case(
            name: "an unknown function",
            change: ("record:", "where: cosine(rho) < 2\nrecord:"), mentions: ["cosine", "where"]),
        Case(name: "YAML that does not parse", change: ("optimizer: [sgd", "optimizer: [[sgd"), mentions: [":"]),
        Case(name: "an unknown optimizer", change: ("m-sam]", "m-samm]"), mentions: ["m-samm", "m-sam"]),
        Case(name: "an alias", change: ("steps: 200", "steps: &a 200"), mentions: ["steps"]),
        Case(name: "equal values", change: ("noise: [0.1, 1.0]", "noise: [0.1, 0.1]"), mentions: ["noise", "0.1"]),
        Case(name: "an octal number", change: ("trials: 20", "trials: 020"), mentions: ["trials", "020"]),
    ]

    @Test(arguments: cases)
    func anInvalidSweepIsExplained(_ sample: Case) throws {
        let program = try Program()
        let text = SampleSweep.small.replacingOccurrences(of: sample.change.0, with: sample.change.1)
        #expect(text != SampleSweep.small)
        try program.write("sweep.yaml", text)
        let outcome = try program.run("run", "sweep.yaml", "--output", "out/result.h5")
        #expect(outcome.status == 65)
        #expect(outcome.messages.contains("sweep.yaml"))
        for word in sample.mentions { #expect(outcome.messages.contains(word), "\(word) in: \(outcome.messages)") }
        #expect(outcome.output.isEmpty)
        #expect(program.files == ["sweep.yaml"])
    }

    @Test func aCyclicDeriveIsNamed() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small.replacingOccurrences(of: "  learning_rate: [0.05]\n", with: "")
            .replacingOccurrences(of: "  rho: [0, 0.01, 0.1, 1.0]\n", with: "")
            + "derive: {learning_rate: \"rho + 1\", rho: \"learning_rate\"}\n")
        let outcome = try program.run("run", "sweep.yaml", "--output", "result.h5")
        #expect(outcome.status == 65)
        #expect(outcome.messages.contains("rho") && outcome.messages.contains("learning_rate"))
        #expect(program.files == ["sweep.yaml"])
    }

    @Test func hugeAndDeepAndExplosiveFilesAreRefusedAtOnce() throws {
        let program = try Program()
        try program.write("deep.yaml", "schema: 1\nname: " + String(repeating: "[", count: 50_000))
        let bomb = (1...30).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }.joined(separator: "\n")
        try program.write("bomb.yaml", "a0: &a0 1\n" + bomb + "\n")
        let huge = FileManager.default.createFile(atPath: program.path("huge.yaml"), contents: nil)
        #expect(huge)
        let handle = try FileHandle(forWritingTo: URL(filePath: program.path("huge.yaml")))
        try handle.truncate(atOffset: 100_000_000)
        try handle.close()
        for name in ["deep.yaml", "bomb.yaml", "huge.yaml"] {
            let outcome = try program.run("run", name, "--output", "result.h5")
            #expect(outcome.status == 65, "\(name): \(outcome.messages.prefix(300))")
            #expect(outcome.messages.contains(name))
            #expect(outcome.messages.utf8.count < 4000)
        }
        #expect(program.files == ["bomb.yaml", "deep.yaml", "huge.yaml"])
    }

    @Test func aMissingSweepOrResultIsNotFound() throws {
        let program = try Program()
        for arguments in [["run", "none.yaml"], ["plan", "none.yaml"], ["status", "none.h5"], ["fit", "none.h5"],
                          ["export", "none.h5"], ["audit", "none.h5"]] {
            let outcome = try program.finish(program.start(arguments))
            #expect(outcome.status == 66)
            #expect(outcome.messages.contains(arguments[1]))
        }
    }

    @Test func badUsageIsExplained() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        for arguments in [
            ["run", "sweep.yaml", "--threads", "0"], ["run", "sweep.yaml", "--shard", "3/3"], ["run"],
            ["run", "sweep.yaml", "--isa", "v9"], ["run", "sweep.yaml", "--set", "axes.rho"],
            ["run", "sweep.yaml", "--set", "axes.roh=[1]"], ["walk"],
        ] {
            let outcome = try program.finish(program.start(arguments))
            #expect(outcome.status == 64, "\(arguments): \(outcome.messages)")
            #expect(!outcome.messages.isEmpty)
        }
        #expect(program.files == ["sweep.yaml"])
    }

    @Test func anOutputThatCannotBeIsRefusedAndLeftAlone() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        try program.write("notes.txt", "not HDF5, and precious")
        try FileManager.default.createDirectory(atPath: program.path("folder"), withIntermediateDirectories: true)
        for output in ["folder", "notes.txt", "notes.txt/result.h5", "/proc/result.h5"] {
            let outcome = try program.run("run", "sweep.yaml", "--output", output)
            #expect(outcome.status == 73, "\(output): \(outcome.messages)")
            #expect(outcome.messages.contains(output))
        }
        #expect(try String(contentsOfFile: program.path("notes.txt"), encoding: .utf8) == "not HDF5, and precious")
        #expect(program.files == ["notes.txt", "sweep.yaml"])
    }

    @Test func anotherSweepsResultIsRefusedAndLeftAlone() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        #expect(try program.run("run", "sweep.yaml", "--output", "result.h5").status == 0)
        let before = try Data(contentsOf: URL(filePath: program.path("result.h5")))
        let outcome = try program.run("run", "sweep.yaml", "--output", "result.h5", "--set", "seed=8")
        #expect(outcome.status == 73)
        #expect(outcome.messages.contains("result.h5") && outcome.messages.contains("seed"))
        #expect(try Data(contentsOf: URL(filePath: program.path("result.h5"))) == before)
    }

    @Test func aStepBeyondStabilityIsRecordedAsDiverged() throws {
        let program = try Program()
        try program.write("sweep.yaml", SampleSweep.small)
        let outcome = try program.run(
            "run", "sweep.yaml", "--output", "result.h5", "--set", "axes.learning_rate=[0.05, 500]")
        #expect(outcome.status == 0)
        let status = try program.run("status", "result.h5", "--format", "json")
        #expect(status.output.contains("\"diverged\": 960") && status.output.contains("\"missing\": 0"))
    }
}
