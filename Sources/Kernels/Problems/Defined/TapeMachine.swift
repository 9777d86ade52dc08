import TrialContract

/// Runs a tape on eight trials at once, or on several times eight: every number of the tape is a vector of lanes for each
/// slot, constants apart.
///
/// With n slots, number k of slot i lies at k n + i, so that short vectors of several slots make one long loop. What a slot
/// gets never depends on how many there are. Sums over columns run in four partial sums as `sumOfSquares` has them, those of
/// products upward; the order never depends on anything but the tape.
final class TapeMachine {
    let slots: Int
    private let workspace = Workspace()
    private let steps: UnsafeMutablePointer<Step>
    private let stepCount: Int
    /// The first steps that need no point.
    private let samplePart: Int
    /// Where the spaces of a run lie, by `Base`.
    private let bases: UnsafeMutablePointer<UnsafeMutablePointer<Lanes>>

    /// What an offset counts from: the tape's spaces, where constants stand as vectors.
    private enum Base: Int {
        case buffer, constant, point, sample, output
    }

    /// A matrix of vectors of each slot.
    private struct Place {
        var base = Base.buffer
        var offset = 0
        var rowStride = 0
        var columnStride = 0
        /// 0 where all slots share it.
        var slotStride = 0
        /// Constants as the numbers they are.
        var numbers: UnsafePointer<Double>?
        var numberRowStride = 0
        var numberColumnStride = 0

        /// Whether elements and slots lie side by side in rows of so many columns.
        func isFlat(rows: Int, columns: Int, slots: Int) -> Bool {
            numbers == nil && (columns == 1 || columnStride == slots) && (rows == 1 || rowStride == columns * slots)
        }

        /// Whether it is one number in all places.
        func isNumber(rows: Int, columns: Int) -> Bool {
            numbers != nil && (columns == 1 || numberColumnStride == 0) && (rows == 1 || numberRowStride == 0)
        }

        /// Whether it is numbers side by side.
        func isNumbers(rows: Int, columns: Int) -> Bool {
            numbers != nil && (columns == 1 || numberColumnStride == 1) && (rows == 1 || numberRowStride == columns)
        }
    }

    /// How the operands of an operation on elements lie; the result is flat in all but the last.
    private enum Layout {
        case flat, numberFirst, numberSecond, elementsFirst, elementsSecond, any
    }

    /// An instruction with its operands side by side.
    private struct Step {
        var operation: Tape.Operation
        var layout: Layout
        var slots: Int
        var rows: Int
        var columns: Int
        var inner: Int
        var result: Place
        var a: Place
        var b: Place
        var c: Place

        var elements: Int { rows * columns }
        var vectors: Int { rows * columns * slots }

        /// Whether constants are read as vectors, as all operations but those do that repeat numbers themselves.
        var readsVectors: Bool { operation != .product && operation != .gather }

        /// Finds out how the operands lie; what is flat becomes one long row.
        mutating func layOut(operandCount: Int) {
            func isFlat(_ place: Place) -> Bool { place.isFlat(rows: rows, columns: columns, slots: slots) }
            guard operation.isElementwise || operation == .zero, isFlat(result) else { return }
            func isOnePerElement(_ place: Place) -> Bool { place.isNumbers(rows: rows, columns: columns) }
            let isQuick = [.add, .subtract, .multiply, .and].contains(operation)
            switch (operandCount, isFlat(a) || slots == 1 && isOnePerElement(a), isFlat(b) || slots == 1 && isOnePerElement(b)) {
            case (0, _, _), (1, true, _), (2, true, true): layout = .flat
            case (2, false, true) where a.isNumber(rows: rows, columns: columns): layout = .numberFirst
            case (2, true, false) where b.isNumber(rows: rows, columns: columns): layout = .numberSecond
            case (2, false, true) where isQuick && isOnePerElement(a): layout = .elementsFirst
            case (2, true, false) where isQuick && isOnePerElement(b): layout = .elementsSecond
            default: return
            }
            guard layout != .elementsFirst, layout != .elementsSecond else { return }
            (columns, rows, slots) = (vectors, 1, 1)
            func stretch(_ place: inout Place) {
                place.columnStride = 1
                if place.numbers != nil, place.numberRowStride != 0 || place.numberColumnStride != 0 {
                    (place.numberRowStride, place.numberColumnStride) = (0, 1)
                }
            }
            stretch(&result)
            stretch(&a)
            stretch(&b)
        }
    }

    init(_ tape: Tape, slots: Int = 1) {
        self.slots = slots
        let workspace = workspace
        let numbers: UnsafeMutablePointer<Double> = workspace.vectors(tape.constants.count)
        for (index, value) in tape.constants.enumerated() { numbers[index] = value }
        bases = workspace.vectors(Base.output.rawValue + 1)
        let buffer: UnsafeMutablePointer<Lanes> = workspace.vectors(tape.bufferSize * slots)
        var constantVectors = 0
        stepCount = tape.instructions.count
        samplePart = tape.samplePart
        steps = workspace.vectors(stepCount)
        // Where numbers stand as vectors, too.
        var filled: [(from: UnsafePointer<Double>, to: Int)] = []
        for (index, instruction) in tape.instructions.enumerated() {
            func place(_ operand: Tape.Operand) -> Place {
                let base: Base
                switch operand.space {
                case .constant:
                    return Place(
                        base: .constant, numbers: UnsafePointer(numbers + operand.offset), numberRowStride: operand.rowStride,
                        numberColumnStride: operand.columnStride)
                case .buffer: base = .buffer
                case .point: base = .point
                case .sample: base = .sample
                case .output: base = .output
                }
                return Place(
                    base: base, offset: operand.offset * slots, rowStride: operand.rowStride * slots,
                    columnStride: operand.columnStride * slots, slotStride: 1)
            }
            let operands = instruction.operands.map { place($0) } + Array(repeating: Place(), count: 3)
            var step = Step(
                operation: instruction.operation, layout: .any, slots: slots, rows: instruction.rows,
                columns: instruction.columns, inner: instruction.inner, result: place(instruction.result), a: operands[0],
                b: operands[1], c: operands[2])
            step.layOut(operandCount: instruction.operands.count)
            if step.readsVectors {
                let (rows, columns) = (step.rows, step.columns)
                func fill(_ place: inout Place) {
                    guard let numbers = place.numbers else { return }
                    let ownRows = place.numberRowStride == 0 ? 1 : rows, ownColumns = place.numberColumnStride == 0 ? 1 : columns
                    place.offset = constantVectors
                    place.rowStride = ownRows == 1 ? 0 : ownColumns
                    place.columnStride = ownColumns == 1 ? 0 : 1
                    for r in 0..<ownRows {
                        for column in 0..<ownColumns {
                            filled.append((numbers + r * place.numberRowStride + column * place.numberColumnStride, constantVectors))
                            constantVectors += 1
                        }
                    }
                }
                fill(&step.a)
                fill(&step.b)
                fill(&step.c)
            }
            (steps + index).initialize(to: step)
        }
        let constants: UnsafeMutablePointer<Lanes> = workspace.vectors(constantVectors)
        for (from, to) in filled { constants[to] = Lanes(repeating: from.pointee) }
        for base in 0...Base.output.rawValue { bases[base] = buffer }
        bases[Base.constant.rawValue] = constants
    }

    /// - Parameters:
    ///   - sample: what the step has drawn; `nil` where the tape uses none.
    ///   - isKnown: whether the sample is that of the run before, and nothing of it is to be computed again.
    ///   - output: room for `outputSize` vectors of each slot, none of which the point shares.
    func run(
        at point: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, isKnown: Bool = false,
        into output: UnsafeMutablePointer<Lanes>
    ) {
        bases[Base.point.rawValue] = UnsafeMutablePointer(mutating: point)
        bases[Base.sample.rawValue] = sample.map { UnsafeMutablePointer(mutating: $0) } ?? bases[Base.buffer.rawValue]
        bases[Base.output.rawValue] = output
        let memory = Memory(bases: bases)
        for index in (isKnown ? samplePart : 0)..<stepCount { memory.run(steps + index) }
    }

    /// What runs a step.
    private struct Memory {
        typealias StepPointer = UnsafePointer<Step>

        let bases: UnsafePointer<UnsafeMutablePointer<Lanes>>

        @inline(__always)
        func lanes(_ place: Place) -> UnsafeMutablePointer<Lanes> { bases[place.base.rawValue] + place.offset }

        func run(_ s: StepPointer) {
            switch s.pointee.operation {
            case .copy: copy(s)
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
            case .add: quick(s) { $0 + $1 }
            case .subtract: quick(s) { $0 - $1 }
            case .multiply, .and: quick(s) { $0 * $1 }
            case .divide: binary(s) { $0 / $1 }
            case .power: binary(s) { power($0, $1) }
            case .minimum: binary(s) { $0.replaced(by: $1, where: ($1 .< $0) .| ($1 .!= $1)) }
            case .maximum: binary(s) { $0.replaced(by: $1, where: ($1 .> $0) .| ($1 .!= $1)) }
            case .less: binary(s) { truth($0 .< $1) }
            case .lessOrEqual: binary(s) { truth($0 .<= $1) }
            case .equal: binary(s) { truth($0 .== $1) }
            case .notEqual: binary(s) { truth($0 .!= $1) }
            case .or: binary(s) { $0.maximum($1) }
            case .select: select(s)
            case .sum: sum(s)
            case .norm: norm(s)
            case .largest, .largestPlace: largest(s)
            case .product: product(s)
            case .gather: gather(s)
            case .scatter: scatter(s)
            case .zero: fill(s)
            case .accumulate:
                let result = lanes(s.pointee.result), a = lanes(s.pointee.a)
                forEach(s) { k, i, _ in result[k] += a[i] }
            }
        }

        @inline(__always)
        private func truth(_ mask: LaneMask) -> Lanes {
            Lanes(repeating: 0).replaced(by: Lanes(repeating: 1), where: mask)
        }

        // MARK: Element by element

        /// Calls `body(result, operands' places)` for every element of every slot.
        @inline(__always)
        private func forEach(_ s: StepPointer, _ body: (Int, Int, Int) -> Void) {
            let slots = s.pointee.slots, columns = s.pointee.columns
            let (result, a, b) = (s.pointee.result, s.pointee.a, s.pointee.b)
            for r in 0..<s.pointee.rows {
                var k = r * result.rowStride, i = r * a.rowStride, j = r * b.rowStride
                if slots == 1 {
                    for _ in 0..<columns {
                        body(k, i, j)
                        k += result.columnStride
                        i += a.columnStride
                        j += b.columnStride
                    }
                    continue
                }
                for _ in 0..<columns {
                    for slot in 0..<slots { body(k + slot, i + slot * a.slotStride, j + slot * b.slotStride) }
                    k += result.columnStride
                    i += a.columnStride
                    j += b.columnStride
                }
            }
        }

        private func copy(_ s: StepPointer) {
            let result = lanes(s.pointee.result), a = lanes(s.pointee.a)
            if s.pointee.layout == .flat {
                for i in 0..<s.pointee.vectors { result[i] = a[i] }
            } else {
                forEach(s) { k, i, _ in result[k] = a[i] }
            }
        }

        @inline(__always)
        private func unary(_ s: StepPointer, _ function: (Lanes) -> Lanes) {
            let result = lanes(s.pointee.result)
            var a = lanes(s.pointee.a)
            if s.pointee.layout == .any {
                // Its result is an intermediate one, whose elements lie side by side.
                forEach(s) { k, i, _ in result[k] = a[i] }
                a = result
            }
            for i in 0..<s.pointee.vectors { result[i] = function(a[i]) }
        }

        @inline(__always)
        private func binary(_ s: StepPointer, _ function: (Lanes, Lanes) -> Lanes) {
            let result = lanes(s.pointee.result), a = lanes(s.pointee.a), b = lanes(s.pointee.b)
            forEach(s) { k, i, j in result[k] = function(a[i], b[j]) }
        }

        /// The same for operations that take less time than finding their operands.
        @inline(__always)
        private func quick(_ s: StepPointer, _ function: (Lanes, Lanes) -> Lanes) {
            let result = lanes(s.pointee.result), a = lanes(s.pointee.a), b = lanes(s.pointee.b)
            let vectors = s.pointee.vectors, slots = s.pointee.slots
            switch s.pointee.layout {
            case .flat: for i in 0..<vectors { result[i] = function(a[i], b[i]) }
            case .numberFirst:
                let number = a[0]
                for i in 0..<vectors { result[i] = function(number, b[i]) }
            case .numberSecond:
                let number = b[0]
                for i in 0..<vectors { result[i] = function(a[i], number) }
            case .elementsFirst:
                var i = 0
                for element in 0..<s.pointee.elements {
                    let number = a[element]
                    for _ in 0..<slots {
                        result[i] = function(number, b[i])
                        i += 1
                    }
                }
            case .elementsSecond:
                var i = 0
                for element in 0..<s.pointee.elements {
                    let number = b[element]
                    for _ in 0..<slots {
                        result[i] = function(a[i], number)
                        i += 1
                    }
                }
            case .any: forEach(s) { k, i, j in result[k] = function(a[i], b[j]) }
            }
        }

        private func select(_ s: StepPointer) {
            let result = lanes(s.pointee.result)
            let condition = lanes(s.pointee.a), yes = lanes(s.pointee.b), no = lanes(s.pointee.c)
            let (target, a, b, c) = (s.pointee.result, s.pointee.a, s.pointee.b, s.pointee.c)
            for r in 0..<s.pointee.rows {
                for column in 0..<s.pointee.columns {
                    for slot in 0..<s.pointee.slots {
                        @inline(__always)
                        func place(_ p: Place) -> Int { r * p.rowStride + column * p.columnStride + slot * p.slotStride }
                        result[place(target)] = no[place(c)].replaced(
                            by: yes[place(b)], where: condition[place(a)] .!= Lanes(repeating: 0))
                    }
                }
            }
        }

        private func fill(_ s: StepPointer) {
            let result = lanes(s.pointee.result)
            forEach(s) { k, _, _ in result[k] = Lanes(repeating: 0) }
        }

        // MARK: Along rows

        private func sum(_ s: StepPointer) {
            let (target, source) = (s.pointee.result, s.pointee.a)
            let result = lanes(target), a = lanes(source), stride = source.columnStride, columns = s.pointee.columns
            for r in 0..<s.pointee.rows {
                for slot in 0..<s.pointee.slots {
                    let row = a + r * source.rowStride + slot * source.slotStride
                    var sums = (Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0))
                    var j = 0
                    while j + 4 <= columns {
                        sums.0 += row[j * stride]
                        sums.1 += row[(j + 1) * stride]
                        sums.2 += row[(j + 2) * stride]
                        sums.3 += row[(j + 3) * stride]
                        j += 4
                    }
                    if j < columns { sums.0 += row[j * stride] }
                    if j + 1 < columns { sums.1 += row[(j + 1) * stride] }
                    if j + 2 < columns { sums.2 += row[(j + 2) * stride] }
                    result[r * target.rowStride + slot] = (sums.0 + sums.1) + (sums.2 + sums.3)
                }
            }
        }

        private func norm(_ s: StepPointer) {
            let (target, source) = (s.pointee.result, s.pointee.a)
            for slot in 0..<s.pointee.slots {
                let a = lanes(source) + slot * source.slotStride, stride = source.columnStride
                let squares = sumOfSquares(s.pointee.columns) { a[$0 * stride] }
                lanes(target)[slot] = normOf(squares, s.pointee.columns) { a[$0 * stride] }
            }
        }

        private func largest(_ s: StepPointer) {
            let (target, source) = (s.pointee.result, s.pointee.a)
            for slot in 0..<s.pointee.slots {
                let a = lanes(source) + slot * source.slotStride, stride = source.columnStride
                let result = lanes(target) + slot
                var largest = a[0]
                var place = Lanes(repeating: 0)
                for j in 1..<max(1, s.pointee.columns) {
                    let isLarger = a[j * stride] .> largest
                    largest = largest.replaced(by: a[j * stride], where: isLarger)
                    place = place.replaced(by: Lanes(repeating: Double(j)), where: isLarger)
                }
                if s.pointee.operation == .largest {
                    result[0] = largest
                } else {
                    for j in 0..<s.pointee.columns { result[j * target.columnStride] = truth(place .== Lanes(repeating: Double(j))) }
                }
            }
        }

        // MARK: Matrices

        /// Strides of a product of one slot, or of all slots as columns side by side.
        private struct Extent {
            var rows: Int
            var columns: Int
            var inner: Int
            var aRow: Int
            var aColumn: Int
            var bRow: Int
            var bColumn: Int
            var resultRow: Int
            var resultColumn: Int
        }

        private func product(_ s: StepPointer) {
            let (target, a, b) = (s.pointee.result, s.pointee.a, s.pointee.b), slots = s.pointee.slots
            var extent = Extent(
                rows: s.pointee.rows, columns: s.pointee.columns, inner: s.pointee.inner,
                aRow: a.numbers == nil ? a.rowStride : a.numberRowStride,
                aColumn: a.numbers == nil ? a.columnStride : a.numberColumnStride,
                bRow: b.numbers == nil ? b.rowStride : b.numberRowStride,
                bColumn: b.numbers == nil ? b.columnStride : b.numberColumnStride,
                resultRow: target.rowStride, resultColumn: target.columnStride)
            let result = lanes(target)
            if let numbers = a.numbers, b.numbers == nil, extent.columns == 1 || b.columnStride == slots {
                extent.columns *= slots
                extent.bColumn = 1
                extent.resultColumn = 1
                product(extent, result, Numbers(place: numbers), Vectors(place: lanes(b)))
                return
            }
            for slot in 0..<slots {
                switch (a.numbers, b.numbers) {
                case (nil, nil):
                    product(extent, result + slot, Vectors(place: lanes(a) + slot), Vectors(place: lanes(b) + slot))
                case (let numbers?, nil):
                    product(extent, result + slot, Numbers(place: numbers), Vectors(place: lanes(b) + slot))
                case (nil, let numbers?):
                    product(extent, result + slot, Vectors(place: lanes(a) + slot), Numbers(place: numbers))
                case (let first?, let second?):
                    product(extent, result + slot, Numbers(place: first), Numbers(place: second))
                }
            }
        }

        /// Four rows and four columns at a time, whose sums do not wait for each other and share what they read.
        private func product<A: Factors, B: Factors>(
            _ e: Extent, _ result: UnsafeMutablePointer<Lanes>, _ a: A, _ b: B
        ) {
            var column = 0
            while column + 4 <= e.columns {
                var r = 0
                while r + 4 <= e.rows {
                    fourRows(e, result, r, column, a, b)
                    r += 4
                }
                while r < e.rows {
                    oneRow(e, result, r, column, a, b)
                    r += 1
                }
                column += 4
            }
            while column + 2 <= e.columns {
                var r = 0
                while r + 4 <= e.rows {
                    twoColumns(e, result, r, column, a, b)
                    r += 4
                }
                while r < e.rows {
                    var sums = (Lanes(repeating: 0), Lanes(repeating: 0))
                    var i = r * e.aRow, j = column * e.bColumn
                    for _ in 0..<e.inner {
                        let factor = a(i)
                        sums.0 = sums.0.adding(factor, times: b(j))
                        sums.1 = sums.1.adding(factor, times: b(j + e.bColumn))
                        i += e.aColumn
                        j += e.bRow
                    }
                    let place = result + r * e.resultRow + column * e.resultColumn
                    place[0] = sums.0
                    place[e.resultColumn] = sums.1
                    r += 1
                }
                column += 2
            }
            while column < e.columns {
                var r = 0
                while r + 4 <= e.rows {
                    oneColumn(e, result, r, column, a, b)
                    r += 4
                }
                while r < e.rows {
                    var sum = Lanes(repeating: 0)
                    var i = r * e.aRow, j = column * e.bColumn
                    for _ in 0..<e.inner {
                        sum = sum.adding(a(i), times: b(j))
                        i += e.aColumn
                        j += e.bRow
                    }
                    result[r * e.resultRow + column * e.resultColumn] = sum
                    r += 1
                }
                column += 1
            }
        }

        private typealias Four = (Lanes, Lanes, Lanes, Lanes)

        @inline(__always)
        private func put(
            _ sums: Four, _ result: UnsafeMutablePointer<Lanes>, _ stride: Int
        ) {
            result[0] = sums.0
            result[stride] = sums.1
            result[2 * stride] = sums.2
            result[3 * stride] = sums.3
        }

        @inline(__always)
        private func add(_ sums: inout Four, _ factor: Lanes, _ b: Four) {
            sums.0 = sums.0.adding(factor, times: b.0)
            sums.1 = sums.1.adding(factor, times: b.1)
            sums.2 = sums.2.adding(factor, times: b.2)
            sums.3 = sums.3.adding(factor, times: b.3)
        }

        @inline(__always)
        private func fourRows<A: Factors, B: Factors>(
            _ e: Extent, _ result: UnsafeMutablePointer<Lanes>, _ r: Int, _ column: Int, _ a: A, _ b: B
        ) {
            let zero = Lanes(repeating: 0)
            var (w, x, y, z): (Four, Four, Four, Four) = (
                (zero, zero, zero, zero), (zero, zero, zero, zero), (zero, zero, zero, zero), (zero, zero, zero, zero)
            )
            var i = r * e.aRow, j = column * e.bColumn
            for _ in 0..<e.inner {
                let factors = (b(j), b(j + e.bColumn), b(j + 2 * e.bColumn), b(j + 3 * e.bColumn))
                add(&w, a(i), factors)
                add(&x, a(i + e.aRow), factors)
                add(&y, a(i + 2 * e.aRow), factors)
                add(&z, a(i + 3 * e.aRow), factors)
                i += e.aColumn
                j += e.bRow
            }
            let place = result + r * e.resultRow + column * e.resultColumn
            put(w, place, e.resultColumn)
            put(x, place + e.resultRow, e.resultColumn)
            put(y, place + 2 * e.resultRow, e.resultColumn)
            put(z, place + 3 * e.resultRow, e.resultColumn)
        }

        @inline(__always)
        private func oneRow<A: Factors, B: Factors>(
            _ e: Extent, _ result: UnsafeMutablePointer<Lanes>, _ r: Int, _ column: Int, _ a: A, _ b: B
        ) {
            let zero = Lanes(repeating: 0)
            var sums: Four = (zero, zero, zero, zero)
            var i = r * e.aRow, j = column * e.bColumn
            for _ in 0..<e.inner {
                add(&sums, a(i), (b(j), b(j + e.bColumn), b(j + 2 * e.bColumn), b(j + 3 * e.bColumn)))
                i += e.aColumn
                j += e.bRow
            }
            put(sums, result + r * e.resultRow + column * e.resultColumn, e.resultColumn)
        }

        @inline(__always)
        private func twoColumns<A: Factors, B: Factors>(
            _ e: Extent, _ result: UnsafeMutablePointer<Lanes>, _ r: Int, _ column: Int, _ a: A, _ b: B
        ) {
            let zero = Lanes(repeating: 0)
            var (x, y): (Four, Four) = ((zero, zero, zero, zero), (zero, zero, zero, zero))
            var i = r * e.aRow, j = column * e.bColumn
            for _ in 0..<e.inner {
                let factors = (a(i), a(i + e.aRow), a(i + 2 * e.aRow), a(i + 3 * e.aRow))
                add(&x, b(j), factors)
                add(&y, b(j + e.bColumn), factors)
                i += e.aColumn
                j += e.bRow
            }
            let place = result + r * e.resultRow + column * e.resultColumn
            put(x, place, e.resultRow)
            put(y, place + e.resultColumn, e.resultRow)
        }

        @inline(__always)
        private func oneColumn<A: Factors, B: Factors>(
            _ e: Extent, _ result: UnsafeMutablePointer<Lanes>, _ r: Int, _ column: Int, _ a: A, _ b: B
        ) {
            let zero = Lanes(repeating: 0)
            var sums: Four = (zero, zero, zero, zero)
            var i = r * e.aRow, j = column * e.bColumn
            for _ in 0..<e.inner {
                let factor = b(j)
                sums.0 = sums.0.adding(a(i), times: factor)
                sums.1 = sums.1.adding(a(i + e.aRow), times: factor)
                sums.2 = sums.2.adding(a(i + 2 * e.aRow), times: factor)
                sums.3 = sums.3.adding(a(i + 3 * e.aRow), times: factor)
                i += e.aColumn
                j += e.bRow
            }
            put(sums, result + r * e.resultRow + column * e.resultColumn, e.resultRow)
        }

        // MARK: Rows by number

        private func gather(_ s: StepPointer) {
            let (target, source, numbers) = (s.pointee.result, s.pointee.a, s.pointee.b)
            let result = lanes(target), index = lanes(numbers), columns = s.pointee.columns
            for r in 0..<s.pointee.rows {
                for slot in 0..<s.pointee.slots {
                    let chosen = index[r * numbers.rowStride + slot].bits
                    let row = result + r * target.rowStride + slot
                    if let constants = source.numbers {
                        let stride = source.numberRowStride, step = source.numberColumnStride
                        let (p, q) = (constants + Int(chosen[0]) * stride, constants + Int(chosen[1]) * stride)
                        let (u, v) = (constants + Int(chosen[2]) * stride, constants + Int(chosen[3]) * stride)
                        let (w, x) = (constants + Int(chosen[4]) * stride, constants + Int(chosen[5]) * stride)
                        let (y, z) = (constants + Int(chosen[6]) * stride, constants + Int(chosen[7]) * stride)
                        for column in 0..<columns {
                            let i = column * step
                            row[column * target.columnStride] = Lanes(p[i], q[i], u[i], v[i], w[i], x[i], y[i], z[i])
                        }
                    } else {
                        let a = lanes(source) + slot
                        for column in 0..<columns {
                            row[column * target.columnStride] = TapeMachine.eight {
                                a[Int(chosen[$0]) * source.rowStride + column * source.columnStride][$0]
                            }
                        }
                    }
                }
            }
        }

        private func scatter(_ s: StepPointer) {
            let (target, source, numbers) = (s.pointee.result, s.pointee.a, s.pointee.b)
            let result = lanes(target), index = lanes(numbers), a = lanes(source), slots = s.pointee.slots
            for r in 0..<s.pointee.inner {
                for column in 0..<s.pointee.columns {
                    let place = result + r * target.rowStride + column * target.columnStride
                    for slot in 0..<slots { place[slot] = Lanes(repeating: 0) }
                }
            }
            for r in 0..<s.pointee.rows {
                for slot in 0..<slots {
                    let chosen = index[r * numbers.rowStride + slot].bits
                    for column in 0..<s.pointee.columns {
                        let value = a[r * source.rowStride + column * source.columnStride + slot * source.slotStride]
                        let first = column * target.columnStride + slot
                        for lane in 0..<laneCount { result[Int(chosen[lane]) * target.rowStride + first][lane] += value[lane] }
                    }
                }
            }
        }
    }

    /// Lane values from a function of the lane's index.
    @inline(__always)
    private static func eight(_ value: (Int) -> Double) -> Lanes { lanes(value) }
}

/// A matrix that a product reads.
private protocol Factors {
    func callAsFunction(_ index: Int) -> Lanes
}

private struct Vectors: Factors {
    let place: UnsafePointer<Lanes>

    init(place: UnsafeMutablePointer<Lanes>) { self.place = UnsafePointer(place) }

    @inline(__always)
    func callAsFunction(_ index: Int) -> Lanes { place[index] }
}

private struct Numbers: Factors {
    let place: UnsafePointer<Double>

    @inline(__always)
    func callAsFunction(_ index: Int) -> Lanes { Lanes(repeating: place[index]) }
}

// Under names that members of `Memory` do not hide.

@inline(__always)
private func normOf(_ squares: Lanes, _ count: Int, _ value: (Int) -> Lanes) -> Lanes {
    norm(sumOfSquares: squares, dimension: count, value)
}
