import PortableMath
import TrialContract

/// What graphs can be evaluated with: real numbers, or others that extend them.
protocol GraphNumber {
    init(_ value: Double)
    /// What decides comparisons, kinks and roundings.
    var real: Double { get }
    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static func / (a: Self, b: Self) -> Self
    static func apply(_ function: Tape.Operation, _ x: Self) -> Self
    static func power(_ a: Self, _ b: Self) -> Self
}

/// Evaluates graphs one number after the other: for constants, for what is checked when a sweep is planned, and as the slow
/// plain oracle of the kernels' tapes.
struct Evaluator<Number: GraphNumber> {
    let graph: Graph
    var point: [Number] = []
    var direction: [Number] = []
    /// All numbers of a step's sample; indices as numbers.
    var sample: [Number] = []

    /// The elements of some nodes, row by row.
    func values(_ nodes: [Graph.Node]) -> [[Number]] {
        var isNeeded = [Bool](repeating: false, count: graph.entries.count)
        for node in nodes { isNeeded[node] = true }
        for index in graph.entries.indices.reversed() where isNeeded[index] {
            for operand in graph.entries[index].operands { isNeeded[operand] = true }
        }
        var values = [[Number]](repeating: [], count: graph.entries.count)
        for (index, entry) in graph.entries.enumerated() where isNeeded[index] {
            values[index] = value(entry, entry.operands.map { values[$0] })
        }
        return nodes.map { values[$0] }
    }

    private func value(_ entry: Graph.Entry, _ operands: [[Number]]) -> [Number] {
        let shape = entry.shape
        switch entry.operation {
        case .point: return point
        case .direction: return direction
        case .sample(let offset): return Array(sample[offset..<offset + shape.count])
        case .constant(let place): return graph.constants[place].map { Number($0) }
        case .element(let operation):
            return Self.elementwise(operation, operands, entry.operands.map { graph.shape($0) }, shape)
        case .view(let view):
            return (0..<shape.rows).flatMap { r in (0..<shape.columns).map { operands[0][view.place(r, $0)] } }
        case .sum:
            let columns = graph.shape(entry.operands[0]).columns
            return (0..<shape.count).map { r in
                (0..<columns).reduce(Number(0)) { $0 + operands[0][r * columns + $1] }
            }
        case .norm, .largest: return [Self.ofAll(entry.operation, operands[0])]
        case .largestPlace:
            let place = Self.placeOfLargest(operands[0])
            return operands[0].indices.map { Number($0 == place ? 1 : 0) }
        case .product:
            return Self.product(
                operands[0], graph.shape(entry.operands[0]), operands[1], graph.shape(entry.operands[1]))
        case .index: return operands[0]
        case .gather:
            return operands[1].flatMap { index in
                (0..<shape.columns).map { operands[0][Int(index.real) * shape.columns + $0] }
            }
        case .scatter:
            var result = [Number](repeating: Number(0), count: shape.count)
            for (row, index) in operands[1].enumerated() {
                for column in 0..<shape.columns {
                    let place = Int(index.real) * shape.columns + column
                    result[place] = result[place] + operands[0][row * shape.columns + column]
                }
            }
            return result
        case .assemble(let views):
            var result = [Number](repeating: Number(0), count: shape.count)
            for (part, view) in views.enumerated() {
                let own = graph.shape(entry.operands[part])
                for r in 0..<own.rows {
                    for c in 0..<own.columns {
                        result[view.place(r, c)] = result[view.place(r, c)] + operands[part][r * own.columns + c]
                    }
                }
            }
            return result
        }
    }

    static func product(_ a: [Number], _ left: Shape, _ b: [Number], _ right: Shape) -> [Number] {
        var result: [Number] = []
        result.reserveCapacity(left.rows * right.columns)
        for r in 0..<left.rows {
            for c in 0..<right.columns {
                var sum = Number(0)
                for k in 0..<left.columns { sum = sum + a[r * left.columns + k] * b[k * right.columns + c] }
                result.append(sum)
            }
        }
        return result
    }

    /// The norm or the largest of some numbers.
    static func ofAll(_ operation: Graph.Operation, _ values: [Number]) -> Number {
        if operation == .largest { return values[placeOfLargest(values)] }
        let size = values.reduce(0.0) { max($0, $1.real.magnitude) }
        guard size > 0, size < .infinity else { return Number(size) }
        let scale = Number(1 / Double(sign: .plus, exponent: max(-1000, size.exponent), significand: 1))
        let sum = values.reduce(Number(0)) { $0 + ($1 * scale) * ($1 * scale) }
        return .apply(.squareRoot, sum) / scale
    }

    private static func placeOfLargest(_ values: [Number]) -> Int {
        var place = 0
        for index in values.indices where values[index].real > values[place].real { place = index }
        return place
    }

    static func elementwise(
        _ operation: Tape.Operation, _ operands: [[Number]], _ shapes: [Shape], _ shape: Shape
    ) -> [Number] {
        let views = shapes.map { own in
            View(offset: 0, rowStride: own.rows == 1 ? 0 : own.columns, columnStride: own.columns == 1 ? 0 : 1)
        }
        var result: [Number] = []
        result.reserveCapacity(shape.count)
        for r in 0..<shape.rows {
            for c in 0..<shape.columns {
                result.append(element(operation, operands.indices.map { operands[$0][views[$0].place(r, c)] }))
            }
        }
        return result
    }

    private static func element(_ operation: Tape.Operation, _ x: [Number]) -> Number {
        func truth(_ value: Bool) -> Number { Number(value ? 1 : 0) }
        switch operation {
        case .copy: return x[0]
        case .add: return x[0] + x[1]
        case .subtract: return x[0] - x[1]
        case .multiply: return x[0] * x[1]
        case .divide: return x[0] / x[1]
        case .power: return .power(x[0], x[1])
        case .minimum: return x[1].real < x[0].real || x[1].real.isNaN ? x[1] : x[0]
        case .maximum: return x[1].real > x[0].real || x[1].real.isNaN ? x[1] : x[0]
        case .less: return truth(x[0].real < x[1].real)
        case .lessOrEqual: return truth(x[0].real <= x[1].real)
        case .equal: return truth(x[0].real == x[1].real)
        case .notEqual: return truth(x[0].real != x[1].real)
        case .and: return truth(x[0].real != 0 && x[1].real != 0)
        case .or: return truth(x[0].real != 0 || x[1].real != 0)
        case .not: return truth(x[0].real == 0)
        case .select: return x[0].real != 0 ? x[1] : x[2]
        case .negate: return Number(0) - x[0]
        case .absolute: return x[0].real < 0 ? Number(0) - x[0] : x[0]
        case .sign: return Number(x[0].real > 0 ? 1 : x[0].real < 0 ? -1 : x[0].real)
        case .floor: return Number(x[0].real.rounded(.down))
        case .ceiling: return Number(x[0].real.rounded(.up))
        case .relu: return x[0].real > 0 ? x[0] : x[0].real.isNaN ? x[0] : Number(0)
        case .reciprocalOrZero: return x[0].real == 0 ? Number(0) : Number(1) / x[0]
        default: return .apply(operation, x[0])
        }
    }
}

extension Double: GraphNumber {
    var real: Double { self }

    static func power(_ a: Double, _ b: Double) -> Double { PortableMath.pow(a, b) }

    static func apply(_ function: Tape.Operation, _ x: Double) -> Double {
        switch function {
        case .squareRoot: x.squareRoot()
        case .exponential: PortableMath.exp(x)
        case .exponentialMinusOne: PortableMath.expm1(x)
        case .logarithm: PortableMath.log(x)
        case .logarithmOnePlus: PortableMath.log1p(x)
        case .sine: PortableMath.sin(x)
        case .cosine: PortableMath.cos(x)
        case .tangent: PortableMath.tan(x)
        case .hyperbolicTangent: PortableMath.tanh(x)
        case .sigmoid: PortableMath.sigmoid(x)
        case .softplus: PortableMath.softplus(x)
        default: .nan
        }
    }
}
