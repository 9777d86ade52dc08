import TrialContract

/// Runs a tape on eight trials at once: every number of the tape is a vector of lanes, constants apart.
///
/// Sums over columns run in four partial sums as `sumOfSquares` has them, those of products upward; the order never depends
/// on anything but the tape.
final class TapeMachine {
    private let tape: Tape
    private let steps: [Step]
    private let workspace = Workspace()
    private let buffer: UnsafeMutablePointer<Lanes>
    private let constants: UnsafeMutablePointer<Double>

    /// An instruction with its operands side by side.
    private struct Step {
        var operation: Tape.Operation
        var rows: Int
        var columns: Int
        var inner: Int
        var result: Tape.Operand
        var a: Tape.Operand
        var b: Tape.Operand
        var c: Tape.Operand
    }

    init(_ tape: Tape) {
        self.tape = tape
        let none = Tape.Operand(.buffer, offset: 0, rowStride: 0, columnStride: 0)
        steps = tape.instructions.map { instruction in
            func operand(_ k: Int) -> Tape.Operand { k < instruction.operands.count ? instruction.operands[k] : none }
            return Step(
                operation: instruction.operation, rows: instruction.rows, columns: instruction.columns,
                inner: instruction.inner, result: instruction.result, a: operand(0), b: operand(1), c: operand(2))
        }
        buffer = workspace.vectors(tape.bufferSize)
        constants = workspace.vectors(tape.constants.count)
        for (index, value) in tape.constants.enumerated() { constants[index] = value }
    }

    /// - Parameters:
    ///   - sample: what the step has drawn; `nil` where the tape uses none.
    ///   - output: room for `outputSize` vectors, none of which the point shares.
    func run(
        at point: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, into output: UnsafeMutablePointer<Lanes>
    ) {
        let memory = Memory(
            buffer: buffer, constants: constants, point: point, sample: sample ?? UnsafePointer(buffer), output: output)
        for step in steps { memory.run(step) }
    }

    /// Where the spaces of a run lie.
    private struct Memory {
        let buffer: UnsafeMutablePointer<Lanes>
        let constants: UnsafePointer<Double>
        let point: UnsafePointer<Lanes>
        let sample: UnsafePointer<Lanes>
        let output: UnsafeMutablePointer<Lanes>

        /// Where an operand begins; constants are numbers rather than vectors.
        @inline(__always)
        func lanes(_ operand: Tape.Operand) -> UnsafePointer<Lanes> {
            switch operand.space {
            case .buffer, .constant: UnsafePointer(buffer) + operand.offset
            case .point: point + operand.offset
            case .sample: sample + operand.offset
            case .output: UnsafePointer(output) + operand.offset
            }
        }

        @inline(__always)
        func target(_ operand: Tape.Operand) -> UnsafeMutablePointer<Lanes> {
            (operand.space == .output ? output : buffer) + operand.offset
        }

        @inline(__always)
        func numbers(_ operand: Tape.Operand) -> UnsafePointer<Double> { constants + operand.offset }

        func run(_ s: Step) {
            switch s.operation {
            case .copy: unary(s) { $0 }
            case .negate: unary(s) { -$0 }
            case .absolute: unary(s) { $0.absolute }
            case .sign: unary(s) { signum($0) }
            case .squareRoot: unary(s) { $0.squareRoot() }
            case .reciprocalOrZero:
                unary(s) { (1 / $0).replaced(by: Lanes(repeating: 0), where: $0 .== Lanes(repeating: 0)) }
            case .exponential: unary(s) { exponentialEverywhere($0) }
            case .exponentialMinusOne: unary(s) { exponentialMinusOne($0) }
            case .logarithm: unary(s) { logarithmEverywhere($0) }
            case .logarithmOnePlus: unary(s) { logarithmOnePlusEverywhere($0) }
            case .sine: unary(s) { cosineAndSine($0).sine }
            case .cosine: unary(s) { cosineAndSine($0).cosine }
            case .tangent:
                unary(s) { x in
                    let (cosine, sine) = cosineAndSine(x)
                    return sine / cosine
                }
            case .hyperbolicTangent: unary(s) { hyperbolicTangent($0) }
            case .sigmoid: unary(s) { logisticFunction($0) }
            case .softplus: unary(s) { softplus($0) }
            case .relu: unary(s) { $0.maximum(Lanes(repeating: 0)) }
            case .floor: unary(s) { roundedDown($0) }
            case .ceiling: unary(s) { -roundedDown(-$0) }
            case .not: unary(s) { 1 - $0 }
            case .add: binary(s) { $0 + $1 }
            case .subtract: binary(s) { $0 - $1 }
            case .multiply: binary(s) { $0 * $1 }
            case .divide: binary(s) { $0 / $1 }
            case .power: generalBinary(s) { power($0, $1) }
            case .minimum: binary(s) { $0.replaced(by: $1, where: ($1 .< $0) .| ($1 .!= $1)) }
            case .maximum: binary(s) { $0.replaced(by: $1, where: ($1 .> $0) .| ($1 .!= $1)) }
            case .less: binary(s) { truth($0 .< $1) }
            case .lessOrEqual: binary(s) { truth($0 .<= $1) }
            case .equal: binary(s) { truth($0 .== $1) }
            case .notEqual: binary(s) { truth($0 .!= $1) }
            case .and: binary(s) { $0 * $1 }
            case .or: binary(s) { $0.maximum($1) }
            case .select: select(s)
            case .sum: sum(s)
            case .norm: norm(s)
            case .largest, .largestPlace: largest(s)
            case .product: product(s)
            case .gather: gather(s)
            case .scatter: scatter(s)
            case .zero: fill(s)
            case .accumulate: accumulate(s)
            }
        }

        @inline(__always)
        private func truth(_ mask: LaneMask) -> Lanes {
            Lanes(repeating: 0).replaced(by: Lanes(repeating: 1), where: mask)
        }

        // MARK: Element by element

        /// Calls `body(result, operands' places)` for every element.
        @inline(__always)
        private func forEach(_ s: Step, _ body: (Int, Int, Int) -> Void) {
            for r in 0..<s.rows {
                var k = r * s.result.rowStride, i = r * s.a.rowStride, j = r * s.b.rowStride
                for _ in 0..<s.columns {
                    body(k, i, j)
                    k += s.result.columnStride
                    i += s.a.columnStride
                    j += s.b.columnStride
                }
            }
        }

        @inline(__always)
        private func unary(_ s: Step, _ function: (Lanes) -> Lanes) {
            let result = target(s.result)
            if s.a.space == .constant {
                let a = numbers(s.a)
                forEach(s) { k, i, _ in result[k] = Lanes(repeating: a[i]) }
                // Rare enough for a second pass: constants have been computed when the tape was made.
                if s.operation != .copy { forEach(s) { k, _, _ in result[k] = function(result[k]) } }
                return
            }
            let a = lanes(s.a)
            forEach(s) { k, i, _ in result[k] = function(a[i]) }
        }

        @inline(__always)
        private func binary(_ s: Step, _ function: (Lanes, Lanes) -> Lanes) {
            let result = target(s.result)
            switch (s.a.space == .constant, s.b.space == .constant) {
            case (false, false):
                let a = lanes(s.a), b = lanes(s.b)
                forEach(s) { k, i, j in result[k] = function(a[i], b[j]) }
            case (true, false):
                let a = numbers(s.a), b = lanes(s.b)
                forEach(s) { k, i, j in result[k] = function(Lanes(repeating: a[i]), b[j]) }
            case (false, true):
                let a = lanes(s.a), b = numbers(s.b)
                forEach(s) { k, i, j in result[k] = function(a[i], Lanes(repeating: b[j])) }
            case (true, true):
                let a = numbers(s.a), b = numbers(s.b)
                forEach(s) { k, i, j in result[k] = function(Lanes(repeating: a[i]), Lanes(repeating: b[j])) }
            }
        }

        /// The same in one copy of a long function.
        @inline(__always)
        private func generalBinary(_ s: Step, _ function: (Lanes, Lanes) -> Lanes) {
            let result = target(s.result)
            forEach(s) { k, i, j in result[k] = function(load(s.a, i), load(s.b, j)) }
        }

        @inline(__always)
        private func load(_ operand: Tape.Operand, _ i: Int) -> Lanes {
            operand.space == .constant ? Lanes(repeating: numbers(operand)[i]) : lanes(operand)[i]
        }

        private func select(_ s: Step) {
            let result = target(s.result)
            for r in 0..<s.rows {
                for column in 0..<s.columns {
                    func value(_ operand: Tape.Operand) -> Lanes {
                        load(operand, r * operand.rowStride + column * operand.columnStride)
                    }
                    result[r * s.result.rowStride + column * s.result.columnStride] =
                        value(s.c).replaced(by: value(s.b), where: value(s.a) .!= Lanes(repeating: 0))
                }
            }
        }

        private func fill(_ s: Step) {
            let result = target(s.result)
            forEach(s) { k, _, _ in result[k] = Lanes(repeating: 0) }
        }

        private func accumulate(_ s: Step) {
            let result = target(s.result)
            forEach(s) { k, i, _ in result[k] += load(s.a, i) }
        }

        // MARK: Along rows

        private func sum(_ s: Step) {
            let result = target(s.result), a = lanes(s.a), stride = s.a.columnStride
            for r in 0..<s.rows {
                let row = a + r * s.a.rowStride
                var sums = (Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0))
                var j = 0
                while j + 4 <= s.columns {
                    sums.0 += row[j * stride]
                    sums.1 += row[(j + 1) * stride]
                    sums.2 += row[(j + 2) * stride]
                    sums.3 += row[(j + 3) * stride]
                    j += 4
                }
                if j < s.columns { sums.0 += row[j * stride] }
                if j + 1 < s.columns { sums.1 += row[(j + 1) * stride] }
                if j + 2 < s.columns { sums.2 += row[(j + 2) * stride] }
                result[r * s.result.rowStride] = (sums.0 + sums.1) + (sums.2 + sums.3)
            }
        }

        private func norm(_ s: Step) {
            let a = lanes(s.a), stride = s.a.columnStride
            let squares = sumOfSquares(s.columns) { a[$0 * stride] }
            target(s.result)[0] = normOf(squares, s.columns) { a[$0 * stride] }
        }

        private func largest(_ s: Step) {
            let a = lanes(s.a), stride = s.a.columnStride, result = target(s.result)
            var largest = a[0]
            var place = Lanes(repeating: 0)
            for j in 1..<max(1, s.columns) {
                let isLarger = a[j * stride] .> largest
                largest = largest.replaced(by: a[j * stride], where: isLarger)
                place = place.replaced(by: Lanes(repeating: Double(j)), where: isLarger)
            }
            guard s.operation == .largestPlace else {
                result[0] = largest
                return
            }
            for j in 0..<s.columns { result[j * s.result.columnStride] = truth(place .== Lanes(repeating: Double(j))) }
        }

        // MARK: Matrices

        private func product(_ s: Step) {
            switch (s.a.space == .constant, s.b.space == .constant) {
            case (false, false):
                let a = lanes(s.a), b = lanes(s.b)
                product(s, { a[$0] }, { b[$0] })
            case (true, false):
                let a = numbers(s.a), b = lanes(s.b)
                product(s, { Lanes(repeating: a[$0]) }, { b[$0] })
            case (false, true):
                let a = lanes(s.a), b = numbers(s.b)
                product(s, { a[$0] }, { Lanes(repeating: b[$0]) })
            case (true, true):
                product(s, { load(s.a, $0) }, { load(s.b, $0) })
            }
        }

        /// Four rows at a time, whose sums do not wait for each other and share what they read of the other matrix.
        @inline(__always)
        private func product(_ s: Step, _ a: (Int) -> Lanes, _ b: (Int) -> Lanes) {
            let result = target(s.result)
            let (aRow, aColumn, bRow, bColumn) = (s.a.rowStride, s.a.columnStride, s.b.rowStride, s.b.columnStride)
            for column in 0..<s.columns {
                var r = 0
                while r + 4 <= s.rows {
                    var sums = (Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0))
                    var i = r * aRow, j = column * bColumn
                    for _ in 0..<s.inner {
                        let factor = b(j)
                        sums.0 = sums.0.adding(a(i), times: factor)
                        sums.1 = sums.1.adding(a(i + aRow), times: factor)
                        sums.2 = sums.2.adding(a(i + 2 * aRow), times: factor)
                        sums.3 = sums.3.adding(a(i + 3 * aRow), times: factor)
                        i += aColumn
                        j += bRow
                    }
                    let place = r * s.result.rowStride + column * s.result.columnStride
                    result[place] = sums.0
                    result[place + s.result.rowStride] = sums.1
                    result[place + 2 * s.result.rowStride] = sums.2
                    result[place + 3 * s.result.rowStride] = sums.3
                    r += 4
                }
                while r < s.rows {
                    var sum = Lanes(repeating: 0)
                    var i = r * aRow, j = column * bColumn
                    for _ in 0..<s.inner {
                        sum = sum.adding(a(i), times: b(j))
                        i += aColumn
                        j += bRow
                    }
                    result[r * s.result.rowStride + column * s.result.columnStride] = sum
                    r += 1
                }
            }
        }

        // MARK: Rows by number

        private func gather(_ s: Step) {
            let result = target(s.result), index = lanes(s.b)
            for r in 0..<s.rows {
                let numbers = index[r * s.b.rowStride].bits
                for column in 0..<s.columns {
                    let first = column * s.a.columnStride
                    let value: Lanes
                    if s.a.space == .constant {
                        let a = self.numbers(s.a)
                        value = TapeMachine.eight { a[Int(numbers[$0]) * s.a.rowStride + first] }
                    } else {
                        let a = lanes(s.a)
                        value = TapeMachine.eight { a[Int(numbers[$0]) * s.a.rowStride + first][$0] }
                    }
                    result[r * s.result.rowStride + column * s.result.columnStride] = value
                }
            }
        }

        private func scatter(_ s: Step) {
            let result = target(s.result), index = lanes(s.b)
            for r in 0..<s.inner {
                for column in 0..<s.columns {
                    result[r * s.result.rowStride + column * s.result.columnStride] = Lanes(repeating: 0)
                }
            }
            for r in 0..<s.rows {
                let numbers = index[r * s.b.rowStride].bits
                for column in 0..<s.columns {
                    let value = load(s.a, r * s.a.rowStride + column * s.a.columnStride)
                    for lane in 0..<laneCount {
                        result[Int(numbers[lane]) * s.result.rowStride + column * s.result.columnStride][lane] += value[lane]
                    }
                }
            }
        }
    }

    /// Lane values from a function of the lane's index.
    @inline(__always)
    private static func eight(_ value: (Int) -> Double) -> Lanes { lanes(value) }
}

// Under names that members of `Memory` do not hide.

@inline(__always)
private func normOf(_ squares: Lanes, _ count: Int, _ value: (Int) -> Lanes) -> Lanes {
    norm(sumOfSquares: squares, dimension: count, value)
}
