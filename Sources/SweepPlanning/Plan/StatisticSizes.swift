import Definitions
import TrialContract
import Wording

/// How many numbers the statistics have that a sweep defines: of a vector the most in any cell.
struct StatisticSizes {
    /// Combinations of what lengths depend on that are looked at; to build a statistic takes a millisecond.
    private static let mostBuilt = 2048

    private let given: Layout
    private let diagnostics: Diagnostics

    init(_ layout: Layout, diagnostics: Diagnostics) {
        given = layout
        self.diagnostics = diagnostics
    }

    /// The layout with the sizes of what it records. What does not fit together has no size, and is reported later.
    func layout() -> Layout {
        guard !given.spec.ownStatistics.isEmpty else { return given }
        var layout = given
        for own in layout.spec.ownStatistics {
            guard let count = count(own), count > 1 else { continue }
            let name = own.definition.name
            requireFree(StatisticStorage.vectorDimension(of: name), name)
            for place in layout.spec.record.indices where layout.spec.record[place].name == name {
                layout.spec.record[place].storage = .float64Vector(count)
            }
            guard var curve = layout.spec.curve else { continue }
            for place in curve.quantities.indices where curve.quantities[place].name == name {
                curve.quantities[place].storage = .float64Vector(count)
            }
            layout.spec.curve = curve
        }
        return layout
    }

    /// What is its own dimension's name must be nobody else's.
    private func requireFree(_ dimension: String, _ name: String) {
        let quantities = given.grid.dimensions.map(\.name) + given.quantities.map(\.name) + given.spec.record.map(\.name)
        guard quantities.contains(dimension) else { return }
        diagnostics.report(
            given.spec.recordPlace, "record", "\(name) is a vector, whose dimension is called as something else", value: dimension,
            remedy: "rename one of the two")
    }

    /// `nil` where it cannot be built anywhere.
    private func count(_ own: OwnStatistic) -> Int? {
        let parameters = Set((given.spec.choices[.problem]?.entries ?? []).flatMap { entry in
            entry.description.parameters.map { "problem.\($0.name)" }
        })
        let quantities = (["problem", "dimension"] + parameters.sorted()).compactMap { given.place(of: $0) }
        let scan = GridScan(given, quantities, over: quantities.map { given.quantities[$0].dimensions }.union())
        var most: Int?
        func look(_ digits: Digits) {
            let dimension = given.value("dimension", at: digits)
            guard dimension >= 1, dimension <= FieldCatalogue.largestDimension else { return }
            let built = try? own.statistic(
                on: given.entry(.problem, at: digits), parameters: given.choice(.problem, at: digits).parameters,
                dimension: min(ClassBuilder.mostPlanned, Int(dimension)))
            if let built { most = max(most ?? 0, built.count) }
        }
        if let combinations = scan.count, combinations <= Self.mostBuilt {
            scan.forEach { digits, _ in
                look(digits)
                return true
            }
            return most
        }
        scan.sampleDigits(Self.mostBuilt / 16) { digits, _ in look(digits) }
        if let most, most > 1 {
            diagnostics.report(
                given.spec.recordPlace, "record",
                "\(own.definition.name) is a vector, whose length is looked up for at most \(Self.mostBuilt) combinations of "
                    + "dimension and the problem's parameters", value: scan.count.map { "\($0)" } ?? "more than can be counted",
                remedy: "record a number, as its norm, or sweep fewer values of them at once")
        }
        return most
    }
}
