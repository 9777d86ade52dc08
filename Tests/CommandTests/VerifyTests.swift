import Foundation
import Testing

private let paperFolder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sweeps/paper")

/// A shipped sweep made small, and a change that breaks some of its claims.
struct BrokenClaim: Sendable, CustomTestStringConvertible {
    var file: String
    /// `--set` arguments.
    var small: [String]
    var change: [String]
    /// Claims that must fail then.
    var broken: [String]

    var testDescription: String { "\(file): \(change.joined(separator: ", "))" }

    init(_ file: String, _ small: [String], _ change: String..., breaks broken: String...) {
        (self.file, self.small, self.change, self.broken) = (file, small, change, broken)
    }
}

private let waves = ["axes.rho=[0.01, 1, 100]", "axes.start.radius=[0.37, 2.9]"]
private let traps = ["trials=4"]
private let mixed = ["trials=200", "axes.learning_rate=[0.01, 0.03, 0.1]"]
private let skewed = ["trials=400", "axes.learning_rate=[0.0025, 0.005, 0.01, 0.02]", "axes.rho=[1]"]
private let gaussian = ["trials=300", "axes.dimension=[1]", "axes.learning_rate=[0.01, 0.02, 0.04]"]
private let radii = ["trials=300", "axes.dimension=[1]", "steps=2000", "axes.rho=[0, 0.003, 0.01, 0.03, 0.1, 6, 5000, 20000, 80000]"]
private let falling = ["trials=200", "axes.steps=[1000, 4000, 16000, 32000]"]
private let cycles = ["axes.steps=[1000, 4000, 16000, 64000]"]
private let sums = ["trials=400", "axes.learning_rate=[0.0005, 0.001, 0.002, 0.004, 0.008]"]

/// Each claim of these files is broken at least once: by another optimizer, another exponent or a wrong constant.
private let brokenClaims = [
    BrokenClaim("03-deterministic-nonconvex", waves, "problem.rho0=1", breaks: "stops-at-a-slope", "beside-a-minimiser", "squared-gradient-as-rho-squared"),
    BrokenClaim("03-deterministic-nonconvex", waves, "claims.stops-at-a-slope.is=0.217234", breaks: "stops-at-a-slope"),
    BrokenClaim("03-deterministic-nonconvex", waves, "claims.squared-gradient-as-rho-squared.is=1.99", breaks: "squared-gradient-as-rho-squared"),
    BrokenClaim("03-deterministic-nonconvex", waves, "claims.upper-bound.at_most=0.02", "claims.mean-gradient-stays-up.where=optimizer == 'sgd'", "claims.gradient-descent-arrives.where=optimizer == 'sam'", breaks: "upper-bound", "mean-gradient-stays-up", "gradient-descent-arrives"),
    BrokenClaim("04-m-sam-strongly-convex", traps, "optimizer=n-sam", breaks: "stays-away", "stays-away-with-any-step", "leaves-the-minimiser", "suboptimality-stays", "from-afar"),
    BrokenClaim("04-m-sam-strongly-convex", traps, "problem.rho0=1", breaks: "distance-squared-as-rho-squared"),
    BrokenClaim("04-m-sam-strongly-convex", traps, "claims.a-quarter-of-rho-squared.is=0.2501", "claims.distance-squared-as-rho-squared.is=2.001", breaks: "a-quarter-of-rho-squared", "distance-squared-as-rho-squared"),
    BrokenClaim("04-m-sam-strongly-convex", traps, "claims.stays-away.at_least=0.251", "claims.stays-away-with-any-step.at_least=0.331", breaks: "stays-away", "stays-away-with-any-step"),
    BrokenClaim("05-m-sam-convex", traps, "optimizer=n-sam", breaks: "stays-away", "ends-at-half-rho", "gradient-stays", "suboptimality-stays"),
    BrokenClaim("05-m-sam-convex", traps, "claims.distance-squared-as-rho-squared.is=1", breaks: "distance-squared-as-rho-squared"),
    BrokenClaim("06-n-sam-trap", mixed, "claims.n-sam-has-no-floor.where=optimizer == 'm-sam'", "claims.n-sam-below-the-step-size.where=optimizer == 'm-sam'", "claims.m-sam-has-a-floor.where=optimizer == 'n-sam'", breaks: "n-sam-has-no-floor", "n-sam-below-the-step-size", "m-sam-has-a-floor"),
    BrokenClaim("06-skewed-noise", skewed, "problem.eigenvalues=2", breaks: "n-sam-bias-and-variance", "m-sam-bias-and-variance"),
    BrokenClaim("06-skewed-noise", skewed, "claims.n-sam-bias-and-variance.tolerance=0", "claims.m-sam-bias-and-variance.is=(1.5 * rho)^2", breaks: "m-sam-bias-and-variance"),
    BrokenClaim("06-skewed-noise", skewed, "claims.no-floor-without-skew.where=noise_model.q == 0.25 and rho == 1", "claims.floor.is=rho^2", breaks: "no-floor-without-skew", "floor"),
    BrokenClaim("07-step-size", gaussian, "noise_model={name: skewed-two-point, q: 0.05}", "axes.rho=[0, 1]", breaks: "no-floor"),
    BrokenClaim("07-step-size", gaussian, "claims.no-floor.is=2", breaks: "no-floor"),
    BrokenClaim("07-rho", radii, "claims.n-sam-nearer.where=optimizer == 'm-sam' and rho < 0.5", "claims.m-sam-further.where=optimizer == 'n-sam' and rho < 0.5", "claims.n-sam-crosses.where=optimizer == 'n-sam' and rho < 0.5", "claims.n-sam-exact.where=optimizer == 'm-sam' and rho == 0.1", "claims.m-sam-exact.where=optimizer == 'n-sam' and rho == 0.1", breaks: "n-sam-nearer", "m-sam-further", "n-sam-crosses", "n-sam-exact", "m-sam-exact"),
    BrokenClaim("07-rho", radii, "claims.linear.is=2", "claims.linear-upwards.is=2", "claims.ballistic.is=learning_rate^2", "claims.ballistic-limit.is=1", breaks: "linear", "linear-upwards", "ballistic", "ballistic-limit"),
    BrokenClaim("08-skewed-noise", falling, "claims.constant-rho-stops.is=rho^2", "claims.constant-rho-does-not-fall.is=-1", "claims.decaying-rho-goes-on.where=rho_schedule.exponent == 0 and optimizer == 'm-sam'", "claims.unnormalised-goes-on.where=optimizer == 'm-sam' and rho_schedule.exponent == 0", "claims.m-usam-constant.is=0.1", "claims.n-usam-constant.is=0.1", breaks: "constant-rho-stops", "constant-rho-does-not-fall", "decaying-rho-goes-on", "unnormalised-goes-on", "m-usam-constant", "n-usam-constant"),
    BrokenClaim("08-deterministic-decay", cycles, "learning_rate_schedule=constant", "learning_rate=0.1", breaks: "rate", "two-cycle"),
    BrokenClaim("08-deterministic-decay", cycles, "claims.rate.is=-2", "claims.unnormalised.where=optimizer == 'sam'", "claims.never-exactly-there.at_most=-1", breaks: "rate", "unnormalised", "never-exactly-there"),
    BrokenClaim("08-unnormalised-finite-sum", sums, "claims.m-usam-stops.is=0.0025", "claims.m-usam-farther-than-m-sam.at_most=0", "claims.m-usam-farther-than-m-sam.at_least=", "claims.n-usam-reaches.where=optimizer == 'm-usam'", breaks: "m-usam-stops", "m-usam-farther-than-m-sam", "n-usam-reaches"),
]

private func verify(_ program: Program, _ file: String, _ changes: [String]) throws -> (status: Int32, verdicts: [String: String]) {
    let path = paperFolder.appending(path: file + ".yaml").path
    let sets = changes.flatMap { ["--set", $0] }
    let outcome = try program.finish(try program.start(
        ["verify", path, "--format", "json", "--progress", "none", "--output", UUID().uuidString] + sets))
    let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]] ?? []
    let verdicts = json.map { ($0["claim"] as? String ?? "", $0["verdict"] as? String ?? "") }
    return (outcome.status, Dictionary(verdicts) { $1 })
}

@Test(arguments: Dictionary(brokenClaims.map { ($0.file, $0.small) }) { first, _ in first }.sorted { $0.key < $1.key })
func smallVersionsOfThePaperFailNowhere(file: String, small: [String]) throws {
    let (status, verdicts) = try verify(Program(), file, small)
    #expect(status == 0)
    #expect(!verdicts.isEmpty && !verdicts.values.contains("fail"), "\(verdicts)")
}

@Test(arguments: brokenClaims)
func wrongSettingsMakeClaimsOfThePaperFail(broken: BrokenClaim) throws {
    let (status, verdicts) = try verify(Program(), broken.file, broken.small + broken.change)
    #expect(status == 2)
    for claim in broken.broken {
        // Where the wrong setting leaves no law there is no exponent that could contradict the claim: it does not pass.
        let hasNoLaw = broken.change == ["problem.rho0=1"] && claim.hasSuffix("as-rho-squared")
        #expect(verdicts[claim] == "fail" || hasNoLaw && verdicts[claim] == "undecided", "\(verdicts)")
    }
}

private let claimed = SampleSweep.small + """
    claims:
      - {name: near, says: It stays near., where: rho < 0.5, mean: distance, at_most: 3}

    """

@Test func verifyRunsWhatIsMissingAndJudgesChangedClaimsWithoutRunning() throws {
    let program = try Program()
    try program.write("s.yaml", claimed)
    let first = try program.run("verify", "s.yaml")
    #expect(first.status == 0, "\(first.messages)")
    #expect(first.messages.contains("s.yaml: 960 trials to run"))
    #expect(first.output.hasSuffix("1 claim: 1 pass, 0 fail, 0 undecided\n"))
    #expect(program.files.contains("Results/verify/small.h5"))
    // Another claim about the same trials.
    let second = try program.run("verify", "s.yaml", "--set", "claims.near.at_most=0.001")
    #expect(second.status == 2)
    #expect(second.messages == "samsweep: error: failed: small/near\n")
    #expect(second.output.contains("fail"))
}

@Test func undecidedClaimsFailStrictly() throws {
    let program = try Program()
    try program.write("s.yaml", claimed)
    let sets = ["--set", "claims.near.where=rho == 0 and noise == 1 and dimension == 1 and optimizer == 'sgd'"]
    let mean = try program.finish(try program.start(["verify", "s.yaml", "--format", "json"] + sets))
    let json = try JSONSerialization.jsonObject(with: Data(mean.output.utf8)) as? [[String: Any]]
    let finding = try #require((json?.first?["findings"] as? [[String: Any]])?.first)
    let bound = ["--set", "claims.near.at_most=\(try #require(finding["measured"] as? Double) * 1.01)"]
    let lax = try program.finish(try program.start(["verify", "s.yaml"] + sets + bound))
    #expect(lax.status == 0)
    #expect(lax.output.contains("trials per cell would decide"))
    let strict = try program.finish(try program.start(["verify", "s.yaml", "--strict"] + sets + bound))
    #expect(strict.status == 2)
    #expect(strict.messages == "samsweep: error: undecided: small/near\n")
}

@Test func verifyRefusesFilesWithoutClaimsTwinsAndWrongClaims() throws {
    let program = try Program()
    try program.write("bare.yaml", SampleSweep.small)
    try program.write("s.yaml", claimed)
    try program.write("twin.yaml", claimed)
    try program.write("wrong.yaml", claimed.replacingOccurrences(of: "at_most", with: "at_mots"))
    let bare = try program.run("verify", "s.yaml", "bare.yaml")
    #expect(bare.status == 65 && bare.messages.contains("bare.yaml: has no claims"))
    let twins = try program.run("verify", "s.yaml", "twin.yaml")
    #expect(twins.status == 64 && twins.messages.contains("both named small"))
    for command in ["plan", "run", "verify"] {
        let wrong = try program.run(command, "wrong.yaml")
        #expect(wrong.status == 65)
        #expect(wrong.messages.contains("wrong.yaml:15:"), "\(wrong.messages)")
        #expect(wrong.messages.contains("claims.near.at_mots: unknown key; did you mean at_most?"))
    }
    #expect(try program.run("verify", "s.yaml", "--format", "xml").status == 64)
    #expect(try program.run("verify", "nothing.yaml").status == 66)
    // Nothing was run.
    #expect(program.files == ["bare.yaml", "s.yaml", "twin.yaml", "wrong.yaml"])
}
