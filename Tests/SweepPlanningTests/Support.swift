import KernelSelection
import SweepPlanning
import TrialContract

/// Plans a text with the real catalogue.
func plan(_ text: String, set: [String] = []) throws -> PlannedSweep {
    try SweepPlanner.plan(
        text: text, fileName: "sweep.yaml", overrides: set, catalogue: KernelSelection.catalogue)
}

/// A small valid sweep with some more lines.
func sweepText(_ more: String = "", axes: String = "learning_rate: [0.1]", eigenvalues: String = "1") -> String {
    """
    schema: 1
    name: small
    problem: {name: quadratic, eigenvalues: \(eigenvalues)}
    optimizer: sgd
    steps: 10
    axes: {\(axes)}
    \(more)
    """
}

extension ComponentChoice {
    /// Name and parameters in a fixed order.
    var text: String { "\(name) \(parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })" }
}

/// A cell's class and numbers; `nil` where it is dropped.
func cell(_ plan: PlannedSweep, _ index: Int) throws -> (TrialClass, CellParameters)? {
    guard case .included(let trialClass, let parameters) = try plan.cell(at: index) else { return nil }
    return (trialClass, parameters)
}
