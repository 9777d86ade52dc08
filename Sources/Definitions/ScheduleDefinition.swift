import TrialContract

/// A schedule as a sweep file writes it: what a base value is multiplied with at step t, one number.
public struct ScheduleDefinition: Sendable {
    public static let stepName = "t"
    /// More factors than these are not computed beforehand: 80 MB of them.
    public static let mostSteps = 10_000_000
    private static let blockSize = 1024

    public let factor: DefinedExpression
    /// What it names beside t, pi and e.
    public let inputs: [String]
    private let graph: Graph
    private let result: Graph.Node
    /// The operations that the result needs.
    private let isNeeded: [Bool]

    /// Throws where the expression is not one number, whatever its names stand for.
    public init(_ factor: DefinedExpression) throws(DefinitionError) {
        self.factor = factor
        inputs = factor.tree.names.filter { $0 != Self.stepName && !ProblemDefinition.isReserved($0) || $0 == "dimension" }
        let scope = NumberScope([Self.stepName] + inputs)
        var graph = Graph()
        let typed = try ExpressionTyper.value(factor, in: &graph, scope: scope)
        guard typed.kind == .number else {
            throw DefinitionError(
                source: factor.source, offset: 0, message: "is a comparison, and a factor is a number",
                remedy: "write if(condition, 1, 0.1)")
        }
        var isNeeded = [Bool](repeating: false, count: graph.entries.count)
        isNeeded[typed.node] = true
        for index in graph.entries.indices.reversed() where isNeeded[index] {
            for operand in graph.entries[index].operands { isNeeded[operand] = true }
            let entry = graph.entries[index]
            let isOfNumbers = switch entry.operation {
            case .constant, .element, .view: entry.shape.isScalar
            case .point: true
            default: false
            }
            guard isOfNumbers else {
                throw DefinitionError(
                    source: factor.source, offset: 0, message: "is made of vectors, and a factor is made of numbers",
                    value: factor.canonicalText, remedy: "use t, steps and the cell's values, each a number")
            }
        }
        self.graph = graph
        self.isNeeded = isNeeded
        result = typed.node
    }

    /// The factors of all steps.
    ///
    /// - Parameter values: of `inputs`, in their order.
    /// - Throws: a factor that is negative or not finite, and at which step; too many steps.
    public func build(_ values: [Double], steps: Int) throws(DefinitionError) -> DefinedSchedule {
        precondition(values.count == inputs.count && steps >= 1)
        guard steps <= Self.mostSteps else {
            throw DefinitionError(
                source: factor.source, message: "is a formula, whose factors are computed for at most \(Self.mostSteps) steps",
                value: "\(steps) steps", remedy: "take fewer steps, or a schedule that `samsweep list schedules` names")
        }
        var factors: [Double] = []
        factors.reserveCapacity(steps)
        for first in stride(from: 0, to: steps, by: Self.blockSize) {
            let block = self.block(first..<min(first + Self.blockSize, steps), values)
            if let bad = block.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
                throw DefinitionError(
                    source: factor.source, message: "must be a finite number >= 0 at each step, and is \(brief(block[bad])) at t = \(first + bad)",
                    value: factor.canonicalText, remedy: "check signs, divisions and powers at that step; t goes from 0 to steps - 1")
            }
            factors += block
        }
        return DefinedSchedule(factors: factors)
    }

    /// The factors of some steps, operation by operation. What does not depend on t is one number.
    private func block(_ steps: Range<Int>, _ values: [Double]) -> [Double] {
        var columns = [[Double]](repeating: [], count: graph.entries.count)
        for (index, entry) in graph.entries.enumerated() where isNeeded[index] {
            switch entry.operation {
            case .constant(let place): columns[index] = graph.constants[place]
            case .view(let view):
                let place = view.place(0, 0)
                columns[index] = place == 0 ? steps.map(Double.init) : [values[place - 1]]
            case .element(let operation):
                columns[index] = Self.elementwise(operation, entry.operands.map { columns[$0] })
            default: break
            }
        }
        let factors = columns[result]
        return factors.count == steps.count ? factors : [Double](repeating: factors[0], count: steps.count)
    }

    private static func elementwise(_ operation: Tape.Operation, _ operands: [[Double]]) -> [Double] {
        switch operation {
        case .add: paired(operands) { $0 + $1 }
        case .subtract: paired(operands) { $0 - $1 }
        case .multiply: paired(operands) { $0 * $1 }
        case .divide: paired(operands) { $0 / $1 }
        default: applied(operation, operands)
        }
    }

    private static func applied(_ operation: Tape.Operation, _ operands: [[Double]]) -> [Double] {
        let count = operands.map(\.count).max() ?? 1
        func shape(_ count: Int) -> Shape { count == 1 ? .scalar : .vector(count) }
        return Evaluator<Double>.elementwise(operation, operands, operands.map { shape($0.count) }, shape(count))
    }

    @inline(__always)
    private static func paired(_ operands: [[Double]], _ combine: (Double, Double) -> Double) -> [Double] {
        let (a, b) = (operands[0], operands[1])
        if a.count == b.count { return a.indices.map { combine(a[$0], b[$0]) } }
        if b.count == 1 { return a.map { combine($0, b[0]) } }
        return b.map { combine(a[0], $0) }
    }
}

/// Names that all stand for numbers which are not known yet.
private final class NumberScope: NameScope {
    let names: [String]

    init(_ names: [String]) { self.names = names }

    func value(of name: String, _ graph: inout Graph) throws(DefinitionError) -> Typed? {
        guard let place = names.firstIndex(of: name) else { return nil }
        // One number more than there are names: a part is never the whole.
        let point = graph.point(names.count + 1)
        return Typed(node: graph.view(point, View(offset: place, rowStride: 0, columnStride: 0), .scalar))
    }
}
