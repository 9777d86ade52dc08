import KernelSelection
@testable import SweepPlanning
import Testing
import TrialContract

/// What is refused of measures of the last iterate, before anything runs.

private func text(_ record: String, _ rest: String = "") -> String {
    """
    schema: 1
    name: measures
    problem: {name: quadratic, eigenvalues: 1}
    optimizer: m-sam
    steps: 10
    axes: {learning_rate: [0.1], rho: [0.1], noise: [0.1]}
    record: [\(record)]
    \(rest)

    """
}

private func faults(_ text: String) -> [String] {
    do {
        _ = try plan(text)
        return []
    } catch let error as SweepFileError {
        return error.diagnostics.map(\.description)
    } catch {
        return ["\(error)"]
    }
}

private let cosine = "learning_rate_schedule: cosine", falling = "rho_schedule: power"

@Test(arguments: [
    ("sam_edge", cosine, "sam_edge is defined for a constant learning rate only, got cosine"),
    ("sam_edge", falling, "sam_edge is defined for a constant rho only, got power"),
    ("gradient_cosine", "rho_schedule: [constant, {factor: \"1 / (t + 1)\"}]", "gradient_cosine is defined for a constant rho only"),
    ("sharpness", "dimension: 10001", "10000"), ("alignment", "dimension: 10001", "10000"),
    ("hessian_trace", "dimension: 1000001", "1000000"), ("gradient_cosine", "dimension: 1000001", "1000000"),
    ("sharpness", "method: reduced", "sharpness"), ("alignment", "method: reduced", "alignment"),
    ("hessian_trace", "method: reduced", "hessian_trace"), ("gradient_cosine", "method: reduced", "gradient_cosine"),
    ("sam_edge", "method: reduced", "sam_edge"), ("mean_gradient_norm", "method: reduced", "mean_gradient_norm"),
    ("sharpnes", "", "did you mean sharpness?"), ("sharpness, sharpness", "", "is recorded twice"),
    ("{name: sharpness, value: norm(x)}", "", "is the name of something else"),
]) func measuresThatMakeNoSenseAreRefusedOnce(record: String, rest: String, message: String) {
    let found = faults(text(record, rest))
    #expect(found.count == 1 && found[0].contains(message), "\(found)")
}

/// What they allow, beside what they refuse.
@Test(arguments: [
    ("gradient_cosine", cosine), ("sharpness, alignment, hessian_trace, mean_gradient_norm", cosine + "\n" + falling),
    ("sharpness, alignment", "dimension: 10000"), ("hessian_trace, sam_edge", "dimension: 1000000"),
    ("sam_edge, gradient_cosine", "learning_rate_schedule: constant\nrho_schedule: constant"),
    ("sharpness", "method: auto"),
]) func measuresThatMakeSenseArePlanned(record: String, rest: String) throws {
    #expect(faults(text(record, rest)) == [])
    let (trialClass, _) = try #require(try cell(plan(text(record, rest)), 0))
    #expect(trialClass.method == .full)
}
