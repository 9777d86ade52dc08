import AxisRefinement
import TrialContract

/// What an axis whose values a run chooses asks of the rest of the sweep.
struct AdaptiveChecks {
    let layout: Layout
    let diagnostics: Diagnostics

    func run() {
        let spec = layout.spec
        guard let axis = spec.adaptive else { return }
        let field = "axes.\(axis.name).\(SweepDecoder.adaptiveKey)"
        let question = QuestionChecks(layout: layout, diagnostics: diagnostics, place: spec.adaptivePlace, field: field)
        question.requireRecorded(axis.response, key: axis.rivals == nil ? "of" : "response")
        guard let rivals = axis.rivals else { return }
        if let pair = rivals.pair { return question.require(pair, against: axis.name) }
        let count = layout.grid.dimensions.first { $0.name == rivals.over }?.count
        guard (count ?? 0) < 2 || rivals.over == axis.name else { return }
        diagnostics.report(
            spec.adaptivePlace, "\(field).over", count == nil ? "is no dimension of the sweep" : "has no two values that could cross along \(axis.name)",
            value: rivals.over, remedy: "sweep two values of it, name another dimension in over, or resolve regime")
    }
}
