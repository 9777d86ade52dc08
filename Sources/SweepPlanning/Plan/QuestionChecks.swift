import ExpressionSyntax
import TrialContract

/// What a question about responses, a goal's or an adaptive axis', asks of the rest of the sweep.
struct QuestionChecks {
    let layout: Layout
    let diagnostics: Diagnostics
    /// Where it is asked.
    let place: SourcePlace
    /// The field it stands in, as "trials.until".
    let field: String

    /// The recorded statistics with one value per trial, and the square of the distance.
    private var responses: [String] {
        let recorded = layout.spec.record.filter { $0.storage.isScalar }.map(\.name)
        let square = SweepDecoder.usualResponse
        return recorded + (recorded.contains("distance") && !recorded.contains(square) ? [square] : [])
    }

    func requireRecorded(_ response: String, key: String = "of") {
        guard !responses.contains(response) else { return }
        diagnostics.report(
            place, "\(field).\(key)", "is not recorded", value: response,
            remedy: "add it to record; recorded are \(responses.joined(separator: ", "))")
    }

    /// The two must be values of their dimension, and two.
    func require(_ pair: TrialGoal.Pair, against: String) {
        guard pair.over != against else {
            return diagnostics.report(
                place, "\(field).over", "is the axis along which they are to cross", value: pair.over,
                remedy: "give another dimension, or another axis in against")
        }
        guard let dimension = layout.grid.dimensions.first(where: { $0.name == pair.over }) else {
            let names = layout.grid.dimensions.filter { $0.count > 1 }.map(\.name)
            return diagnostics.report(
                place, "\(field).over", "is no dimension of the sweep", value: pair.over,
                remedy: "dimensions of two values or more: \(names.joined(separator: ", "))")
        }
        let values = (0..<dimension.count).map { dimension.values.text(at: $0) }
        func position(_ text: String) -> Int? {
            if let place = values.firstIndex(of: text) { return place }
            guard let number = Double(text), case .numbers(let numbers) = dimension.values else { return nil }
            return numbers.firstIndex(of: number)
        }
        for end in [pair.first, pair.second] where position(end) == nil {
            return diagnostics.report(
                place, "\(field).of", "is no value of \(pair.over)", value: end,
                remedy: dimension.values.areNames
                    ? NearestName.remedy(for: end, among: values) : "its values: \(values.prefix(20).joined(separator: ", "))")
        }
        if position(pair.first) == position(pair.second) {
            diagnostics.report(
                place, "\(field).of", "names one value twice, which crosses itself nowhere", value: pair.first,
                remedy: "name two values of \(pair.over)")
        }
    }
}

extension AxisValues {
    var areNames: Bool {
        if case .names = self { true } else { false }
    }
}
