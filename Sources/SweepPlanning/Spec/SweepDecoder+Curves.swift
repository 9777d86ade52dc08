import TrialContract
import Wording

extension SweepDecoder {
    /// What trajectories hold unless the sweep file says otherwise.
    static let usualCurves = ["distance_squared", "suboptimality"]

    /// `curves`: a map of `at`, the steps, and `of`, the quantities.
    func decodeCurves() {
        guard let node = root["curves"], let parts = reader.map(node, "curves", keys: ["at", "of"]) else { return }
        guard let at = parts["at"] else {
            diagnostics.report(
                node, "curves", "needs at, the steps to record",
                remedy: "write at: {logspace: {from: 1, to: 1000, count: 30}}")
            return
        }
        let quantities = curveQuantities(parts["of"], at)
        guard let steps = curveSteps(at), !quantities.isEmpty else { return }
        spec.curve = PlannedCurve(steps: steps, quantities: quantities)
        spec.curvePlace = at.place
    }

    /// Whole numbers in ascending order: rounded, each once.
    private func curveSteps(_ node: SourceNode) -> [Int]? {
        let range = ParameterRange(0, 9_007_199_254_740_991)
        let field = NumericField("curves.at", "recorded steps", range)
        guard let values = lists.values(node, field) else { return nil }
        let steps = Set(values.map { Int($0.rounded()) }).sorted()
        guard !steps.isEmpty else {
            diagnostics.report(node, field.name, "records no step", remedy: "give steps from 0 to the sweep's steps")
            return nil
        }
        guard steps.count <= PlannedCurve.mostSteps else {
            diagnostics.report(
                node.place, field.name, "records more than \(PlannedCurve.mostSteps) steps", value: counted(steps.count, "step"),
                remedy: "use fewer, as a logspace does")
            return nil
        }
        return steps
    }

    private func curveQuantities(_ node: SourceNode?, _ at: SourceNode) -> [ComponentDescription] {
        guard let node else {
            let usual = Self.usualCurves.compactMap { catalogue.find(.curveQuantity, $0) }.filter { knows($0.needs) }
            return usual.isEmpty ? [catalogue.find(.curveQuantity, "objective")].compactMap(\.self) : usual
        }
        return quantities(.curveQuantity, node, unknown: "is not a quantity of curves", example: Self.usualCurves[0])
    }
}
