import Foundation
import Testing

/// The paper's claims on rates, bounds, variants and real data: they pass, and wrong settings make them fail.
@Suite struct PaperSweepTests {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sweeps/paper").path
    static let files = [
        "01-deterministic-strongly-convex", "01-lower-bound", "02-deterministic-convex", "09-stochastic-strongly-convex",
        "10-variants", "11-real-data", "03-random-starts", "12-trajectories", "13-stochastic-convex", "14-stochastic-nonconvex",
    ]

    struct Break: Sendable, CustomTestStringConvertible {
        let file: String
        let claim: String
        let settings: [String]
        var testDescription: String { "\(claim) with \(settings.joined(separator: ", "))" }
    }

    static let breaks = [
        Break(file: files[0], claim: "rate", settings: ["optimizer=sgd"]),
        Break(file: files[0], claim: "rate", settings: ["claims.rate.is=-1.8"]),
        // The logarithm mistaken for a part of the exponent.
        Break(file: files[0], claim: "rate", settings: ["claims.rate.exponent.of=distance^2"]),
        Break(file: files[0], claim: "condition-number", settings: ["claims.condition-number.every=suboptimality * steps^2 / log(steps)^2 / (smoothness^2 * rho^2 / 2)"]),
        // Without rho's term the bound is that of gradient descent.
        Break(
            file: files[0], claim: "bound",
            settings: ["claims.bound.at_most=(1 - strong_convexity * learning_rate * (2 - learning_rate * smoothness))^steps * smoothness * 2"]),
        // A step size that does not know the horizon.
        Break(file: files[0], claim: "rate", settings: ["derive.learning_rate=0.01"]),
        Break(file: files[0], claim: "two-cycle", settings: ["claims.two-cycle.is=1.01"]),
        Break(file: files[1], claim: "lower-bound", settings: ["optimizer=sgd"]),
        Break(file: files[1], claim: "lower-bound", settings: ["claims.lower-bound.at_least=rho^2 / steps"]),
        // Without a perturbation there is no two-cycle.
        Break(file: files[1], claim: "lower-bound", settings: ["axes.rho=[0]", "claims.lower-bound.at_least=1e-12"]),
        Break(file: files[2], claim: "rate", settings: ["claims.rate.at_most=-0.6"]),
        Break(file: files[2], claim: "rate", settings: ["derive.learning_rate=0.5"]),
        Break(file: files[2], claim: "bound", settings: ["claims.bound.at_most=learning_rate * smoothness^3 * rho^2"]),
        Break(file: files[2], claim: "bound", settings: ["derive.learning_rate=3"]),
        Break(file: files[2], claim: "theorem", settings: ["claims.theorem.at_most=1 / steps"]),
        Break(file: files[2], claim: "theorem", settings: ["derive.learning_rate=0.00001"]),
        Break(file: files[2], claim: "tight", settings: ["derive.learning_rate=0.2"]),
        Break(
            file: files[3], claim: "n-sam-bound",
            settings: ["claims.n-sam-bound.at_most=(1 - learning_rate * strong_convexity)^steps * smoothness / 2"]),
        Break(
            file: files[3], claim: "m-sam-bound",
            settings: ["claims.m-sam-bound.at_most=learning_rate * smoothness * noise^2 / (4 * strong_convexity)"]),
        // More noise than the bound is told of.
        Break(file: files[3], claim: "n-sam-bound", settings: ["noise_scale=per_coordinate"]),
        Break(file: files[3], claim: "noise-wins", settings: ["claims.noise-wins.at_least=learning_rate * smoothness * noise^2"]),
        // Too few steps to leave a maximiser.
        Break(file: files[6], claim: "stops-at-a-slope", settings: ["steps=3"]),
        Break(file: files[6], claim: "beside-a-minimiser", settings: ["claims.beside-a-minimiser.where=optimizer == 'sgd'"]),
        Break(file: files[6], claim: "gradient-descent-arrives", settings: ["claims.gradient-descent-arrives.where=optimizer == 'sam'"]),
        Break(file: files[7], claim: "gd-and-unnormalised-arrive", settings: ["claims.gd-and-unnormalised-arrive.where=steps >= 1000"]),
        Break(file: files[7], claim: "sam-does-not", settings: ["axes.rho=[0.051]", "claims.sam-does-not.is=0.0088292"]),
        Break(file: files[7], claim: "sam-does-not", settings: ["claims.sam-does-not.is=4 * learning_rate * rho / (2 - 4 * learning_rate)"]),
        Break(file: files[8], claim: "n-sam-bound", settings: ["noise_scale=per_coordinate"]),
        Break(file: files[8], claim: "m-sam-bound", settings: ["claims.m-sam-bound.at_most=learning_rate * noise^2"]),
        Break(file: files[8], claim: "no-additive-term-here", settings: ["axes.noise=[30]"]),
        Break(file: files[9], claim: "n-sam-bound", settings: ["claims.n-sam-bound.at_most=learning_rate * noise^2"]),
        Break(file: files[9], claim: "m-sam-bound", settings: ["claims.m-sam-bound.at_most=learning_rate * noise^2"]),
        Break(file: files[9], claim: "stays-of-order-rho-squared", settings: ["claims.stays-of-order-rho-squared.where=optimizer == 'sgd'"]),
        Break(file: files[9], claim: "sgd-does-not-stop", settings: ["claims.sgd-does-not-stop.where=optimizer != 'sgd'"]),
        Break(file: files[4], claim: "variants", settings: ["claims.variants.table.expect.trap.m-sam=reaches"]),
        Break(file: files[4], claim: "variants", settings: ["claims.variants.table.expect.sine.sam=reaches"]),
        Break(file: files[4], claim: "variants", settings: ["axes.learning_rate=[0.5]", "steps=80"]),
        // All examples in every step: nothing is random, and m-SAM is SAM.
        Break(file: files[5], claim: "m-sam-stops-away", settings: ["problem.batch=569"]),
        Break(file: files[5], claim: "m-sam-grows", settings: ["claims.m-sam-grows.mean=tail_distance_squared / rho^2"]),
        Break(
            file: files[5], claim: "m-sam-grows-no-faster",
            settings: ["claims.m-sam-grows-no-faster.mean=tail_distance_squared / rho"]),
        Break(
            file: files[5], claim: "n-sam-stops-later",
            settings: ["claims.n-sam-stops-later.where=(optimizer == 'm-sam' or optimizer == 'n-sam') and rho == 0.3"]),
        Break(file: files[5], claim: "unnormalised", settings: ["claims.unnormalised.where=optimizer == 'm-usam' and rho == 1"]),
    ]

    /// One folder for each file: where only claims are changed, no trial is computed again.
    @Test(arguments: files) func claimsPassAndWrongSettingsAreSeenToFail(file: String) throws {
        let program = try Program()
        func verify(_ settings: [String]) throws -> Program.Outcome {
            let isAboutClaims = settings.allSatisfy { $0.hasPrefix("claims.") }
            return try program.finish(program.start(
                ["verify", "\(Self.folder)/\(file).yaml", "--format", "csv", "--progress", "none", "--strict"]
                    + ["--output", isAboutClaims ? "same" : "other"] + (isAboutClaims ? [] : ["--fresh"])
                    + settings.flatMap { ["--set", $0] }))
        }
        let outcome = try verify([])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.messages)")
        for broken in Self.breaks where broken.file == file {
            let outcome = try verify(broken.settings)
            #expect(outcome.status == 2, "\(broken): \(outcome.output)\(outcome.messages)")
            #expect(outcome.output.contains(",\(broken.claim),fail,"), "\(broken): \(outcome.output)")
        }
    }
}
