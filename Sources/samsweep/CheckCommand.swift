import ArgumentParser
import JSONText
import SweepPlanning
import TrialContract
import Wording

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Shows what a sweep's problems amount to and what contradicts them, without running it.",
        discussion: """
            For each problem: what it states; f, |grad f| and the extreme eigenvalues of the Hessian where trials begin and at \
            each minimiser; the extreme curvatures found there and at random points; slopes against differences; the mean of \
            stochastic gradients against the exact one. Eigenvalues are by power iteration, the largest at most what it is, the \
            smallest at least. Exit code 65 where something contradicts what is stated.
            """)

    @OptionGroup var source: SweepOptions

    @Option(help: ArgumentHelp("Stochastic gradients whose mean is compared.", valueName: "n"))
    var samples = 100_000

    @Option(help: "Output format: text or json.")
    var format: TextOrJSON = .text

    @OptionGroup var machine: MachineOptions

    func validate() throws {
        guard (16...100_000_000).contains(samples) else {
            throw ValidationError("--samples \(samples) is not between 16 and 100000000")
        }
    }

    func run() throws {
        let plan = try source.plan()
        let check = SweepCheck(plan: plan, kernel: try machine.kernel(), samples: samples)
        let (problems, isAll) = try check.problems()
        let findings = try problems.map { try check.finding($0.probe, cell: $0.cell) }
        let steps = plan.ownAlgorithms
        switch format {
        case .text:
            let optimizers = steps.map { "\($0.name): \(counted($0.gradients, "gradient")) and \(NumberText.grouped($0.operations)) operations a step" }
            let parts = findings.map { finding in
                (finding.lines + finding.contradictions.map { "CONTRADICTION           \($0)" }).joined(separator: "\n")
            }
            let more = isAll ? [] : ["(further problems of the sweep were not looked at)"]
            try StandardOutput.print((parts + (optimizers.isEmpty ? [] : [optimizers.joined(separator: "\n")]) + more).joined(separator: "\n\n"))
        case .json:
            try StandardOutput.print(JSONValue.object([
                ("problems", .array(findings.map { finding in
                    .object(finding.facts + [("contradictions", .array(finding.contradictions.map { .string($0) }))])
                })),
                ("optimizers", .array(steps.map {
                    .object([
                        ("name", .string($0.name)), ("gradients_per_step", .number(Double($0.gradients))),
                        ("operations_per_step", .number(Double($0.operations))),
                    ])
                })),
                ("is_all", .boolean(isAll)),
            ]).pretty)
        }
        let faults = findings.flatMap { finding in finding.contradictions.map { "\(finding.name): \($0)" } }
        guard faults.isEmpty else { throw CommandError.invalidData("\(source.sweep): \(faults.joined(separator: "; "))") }
    }
}
