import TrialContract
import TrialSummaries

/// An expression of a claim with its names found: statistics of a trial, or values of its cell.
struct PlannedExpression: SummarizableExpression {
    private enum Input: Sendable {
        /// By position in `statistics`.
        case statistic(Int)
        /// By position in the layout.
        case quantity(Int)
        case curvature(CurvatureName)
    }

    let text: String
    let statistics: [String]
    let dimensions: [Int]
    var isCondition: Bool { program.isCondition }
    private let program: Program
    private let inputs: [Input]
    private let layout: Layout
    private let decoder: CellDecoder

    init(_ spec: ExpressionSpec, layout: Layout, decoder: CellDecoder) {
        program = spec.program
        text = spec.node.text.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") } ?? ""
        self.layout = layout
        self.decoder = decoder
        var statistics: [String] = []
        var dimensions: Set<Int> = []
        inputs = program.names.map { name in
            if let place = layout.place(of: name) {
                dimensions.formUnion(layout.quantities[place].dimensions)
                return .quantity(place)
            }
            if let constant = CurvatureName(rawValue: name) {
                dimensions.formUnion(layout.curvatureInputs.compactMap { layout[$0]?.dimensions }.joined())
                return .curvature(constant)
            }
            statistics.append(name)
            return .statistic(statistics.count - 1)
        }
        self.statistics = statistics
        self.dimensions = dimensions.sorted()
    }

    func bound(to cell: Int) -> CellFunction {
        let known = values(inCell: cell)
        let places = inputs.map { input -> Int? in if case .statistic(let place) = input { place } else { nil } }
        return { [program] statistics in
            var values = known
            for (index, place) in places.enumerated() { if let place { values[index] = statistics[place] } }
            return program.value(values)
        }
    }

    func polynomial(inCell cell: Int) -> StatisticPolynomial? {
        program.polynomial(zip(inputs, values(inCell: cell)).map { input, value in
            if case .statistic(let place) = input { StatisticPolynomial(statistic: place) } else { StatisticPolynomial(value) }
        })
    }

    /// Of the inputs; 0 for statistics.
    private func values(inCell cell: Int) -> [Double] {
        decoder.withDigits(of: cell) { digits in
            inputs.map { input in
                switch input {
                case .statistic: 0
                case .quantity(let place): layout.value(layout.quantities[place], at: digits)
                case .curvature(let name): layout.curvature(name, at: digits)
                }
            }
        }
    }
}
