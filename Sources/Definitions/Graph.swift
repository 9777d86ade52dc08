import TrialContract

/// Operations on values whose shapes are known, each with what it takes: an expression, its gradient and all that both share.
///
/// Nodes stand behind their operands. Equal nodes are one node, operations on constants are done at once, and what adds
/// nothing or multiplies by one is left out, so that derivatives come out short.
struct Graph {
    typealias Node = Int

    enum Operation: Hashable {
        /// The point at which the expression is evaluated, as one vector.
        case point
        /// A direction, for derivatives along it.
        case direction
        /// Numbers that a step draws, from a place in its sample on.
        case sample(offset: Int)
        /// By position among the graph's constants.
        case constant(Int)
        /// Element by element, with NumPy's broadcasting.
        case element(Tape.Operation)
        case view(View)
        /// The sum of each row.
        case sum
        case norm, largest, largestPlace
        /// Of two matrices.
        case product
        /// A whole number from 0 on in the form in which indices are drawn.
        case index
        /// Rows of the first operand, as a matrix, by the indices of the second.
        case gather
        /// The rows of the first operand added to those rows of a matrix of zeros that the indices name.
        case scatter
        /// Zeros, with each operand added where its view lies.
        case assemble([View])
    }

    struct Entry: Hashable {
        var operation: Operation
        var operands: [Node]
        var shape: Shape
    }

    private(set) var entries: [Entry] = []
    private(set) var constants: [[Double]] = []
    private var known: [Entry: Node] = [:]
    private var knownConstants: [[UInt64]: Int] = [:]
    /// Elements of all values and multiplications of all products so far: what a definition costs while it is read.
    private(set) var work = 0

    func shape(_ node: Node) -> Shape { entries[node].shape }

    private mutating func add(_ operation: Operation, _ operands: [Node], _ shape: Shape) -> Node {
        let entry = Entry(operation: operation, operands: operands, shape: shape)
        if let node = known[entry] { return node }
        entries.append(entry)
        if case .view = operation {} else { work += shape.count }
        known[entry] = entries.count - 1
        return entries.count - 1
    }

    // MARK: Sources

    mutating func point(_ count: Int) -> Node { add(.point, [], .vector(count)) }
    mutating func direction(_ count: Int) -> Node { add(.direction, [], .vector(count)) }
    mutating func sample(offset: Int, _ shape: Shape) -> Node { add(.sample(offset: offset), [], shape) }

    mutating func number(_ value: Double) -> Node { constant([value], .scalar) }

    /// Numbers row by row; where all are the same, one number that is repeated.
    mutating func constant(_ values: [Double], _ shape: Shape) -> Node {
        precondition(values.count == shape.count)
        if !shape.isScalar, let first = values.first, values.allSatisfy({ $0.bitPattern == first.bitPattern }) {
            return broadcast(number(first), shape)
        }
        let bits = values.map(\.bitPattern)
        let place = knownConstants[bits] ?? constants.count
        if place == constants.count {
            constants.append(values)
            knownConstants[bits] = place
        }
        return add(.constant(place), [], shape)
    }

    /// The numbers of a node that is constant; `nil` for others.
    func values(_ node: Node) -> [Double]? {
        switch entries[node].operation {
        case .constant(let place): return constants[place]
        case .view(let view):
            guard let base = values(entries[node].operands[0]) else { return nil }
            let shape = shape(node)
            return (0..<shape.rows).flatMap { r in (0..<shape.columns).map { base[view.place(r, $0)] } }
        default: return nil
        }
    }

    /// The one number that all elements are; `nil` where they are not constant or differ.
    func uniform(_ node: Node) -> Double? {
        switch entries[node].operation {
        case .constant(let place): return constants[place].count == 1 ? constants[place][0] : nil
        case .view:
            // What is viewed is no view itself.
            guard case .constant(let place) = entries[entries[node].operands[0]].operation else { return nil }
            return constants[place].count == 1 ? constants[place][0] : nil
        default: return nil
        }
    }

    /// The scalar that a node repeats, or the node itself where it is one; `nil` for others.
    private func repeated(_ node: Node) -> Node? {
        if shape(node).isScalar { return node }
        guard case .view = entries[node].operation else { return nil }
        let base = entries[node].operands[0]
        return shape(base).isScalar ? base : nil
    }

    // MARK: Views

    /// A part of a value, or the value in another shape.
    mutating func view(_ node: Node, _ view: View, _ shape: Shape) -> Node {
        let view = view.normalised(shape)
        if case .view(let inner) = entries[node].operation {
            return compose(node, inner, view, shape)
        }
        if shape == self.shape(node), view == View(shape).normalised(shape) { return node }
        if self.shape(node).count > 1, let values = values(node), !view.repeats(shape) {
            let picked = (0..<shape.rows).flatMap { r in (0..<shape.columns).map { values[view.place(r, $0)] } }
            return picked.count == 1 && shape.isScalar ? number(picked[0]) : constant(picked, shape)
        }
        return add(.view(view), [node], shape)
    }

    /// A view of a view, as a view of what that one shows where strides allow it, else of a copy.
    private mutating func compose(_ node: Node, _ inner: View, _ outer: View, _ shape: Shape) -> Node {
        let middle = self.shape(node), base = entries[node].operands[0]
        func steps(_ distance: Int) -> (rows: Int, columns: Int)? {
            guard distance >= 0 else { return nil }
            return (distance / middle.columns, distance % middle.columns)
        }
        if let flat = inner.flattened(middle) {
            return view(
                base,
                View(
                    offset: flat.offset + outer.offset * flat.columnStride, rowStride: outer.rowStride * flat.columnStride,
                    columnStride: outer.columnStride * flat.columnStride), shape)
        }
        // A stride that is whole rows, or stays within a row, is one of the base, too.
        if let start = steps(outer.offset), let row = steps(outer.rowStride), let column = steps(outer.columnStride) {
            let lastColumn = start.columns + (shape.rows - 1) * row.columns + (shape.columns - 1) * column.columns
            if lastColumn < middle.columns {
                return view(
                    base,
                    View(
                        offset: inner.place(start.rows, start.columns),
                        rowStride: row.rows * inner.rowStride + row.columns * inner.columnStride,
                        columnStride: column.rows * inner.rowStride + column.columns * inner.columnStride), shape)
            }
        }
        let copy = add(.element(.copy), [node], middle)
        return add(.view(outer), [copy], shape)
    }

    mutating func reshape(_ node: Node, _ shape: Shape) -> Node {
        precondition(shape.count == self.shape(node).count)
        return view(node, View(offset: 0, rowStride: shape.isMatrix ? shape.columns : 0, columnStride: 1), shape)
    }

    mutating func transpose(_ node: Node) -> Node {
        let shape = shape(node)
        guard shape.isMatrix else { return node }
        return view(
            node, View(offset: 0, rowStride: 1, columnStride: shape.columns), .matrix(shape.columns, shape.rows))
    }

    /// Repeats along lengths that are 1 or missing.
    mutating func broadcast(_ node: Node, _ shape: Shape) -> Node {
        let own = self.shape(node)
        guard own != shape else { return node }
        return view(
            node,
            View(
                offset: 0, rowStride: own.rows == 1 ? 0 : own.columns, columnStride: own.columns == 1 ? 0 : 1), shape)
    }

    // MARK: Element by element

    mutating func element(_ operation: Tape.Operation, _ operands: [Node]) -> Node {
        var shape = Shape.scalar
        for operand in operands {
            guard let both = shape.broadcast(with: self.shape(operand)) else {
                preconditionFailure("shapes are checked before")
            }
            shape = both
        }
        // What repeats one number is computed once.
        let scalars = operands.map { repeated($0) }
        if !shape.isScalar, !scalars.contains(nil) {
            let value = element(operation, scalars.compactMap(\.self))
            return broadcast(value, shape)
        }
        let operands = zip(operands, scalars).map { $1 ?? $0 }
        // What repeats a number was replaced by it, so that what is shorter may have lost a length.
        if let shorter = simplified(operation, operands, shape) { return broadcast(shorter, shape) }
        let numbers = operands.map { values($0) }
        if !numbers.contains(where: { $0 == nil }) {
            work += shape.count
            let found = Evaluator<Double>.elementwise(
                operation, numbers.compactMap(\.self), operands.map { self.shape($0) }, shape)
            return constant(found, shape)
        }
        return add(.element(operation), operands, shape)
    }

    /// What is the same in fewer operations; `nil`: nothing shorter is known.
    private mutating func simplified(_ operation: Tape.Operation, _ operands: [Node], _ shape: Shape) -> Node? {
        let a = operands[0], first = uniform(a)
        guard operands.count > 1 else {
            if operation == .copy { return a }
            if operation == .negate, case .element(.negate) = entries[a].operation { return entries[a].operands[0] }
            return nil
        }
        let b = operands[1], second = uniform(b)
        switch operation {
        case .add:
            if first == 0 { return broadcast(b, shape) }
            if second == 0 { return broadcast(a, shape) }
            if case .element(.negate) = entries[b].operation { return element(.subtract, [a, entries[b].operands[0]]) }
        case .subtract:
            if second == 0 { return broadcast(a, shape) }
            if first == 0 { return broadcast(element(.negate, [b]), shape) }
            if case .element(.negate) = entries[b].operation { return element(.add, [a, entries[b].operands[0]]) }
        case .multiply:
            if first == 0 || second == 0 { return broadcast(number(0), shape) }
            if first == 1 { return broadcast(b, shape) }
            if second == 1 { return broadcast(a, shape) }
            if first == -1 { return broadcast(element(.negate, [b]), shape) }
            if second == -1 { return broadcast(element(.negate, [a]), shape) }
            if second != nil, first == nil { return element(.multiply, [b, a]) }
            // A number times a number times something.
            if let first, case .element(.multiply) = entries[b].operation, let inner = uniform(entries[b].operands[0]) {
                return element(.multiply, [number(first * inner), entries[b].operands[1]])
            }
        case .divide:
            if second == 1 { return broadcast(a, shape) }
            if first == 0 { return broadcast(number(0), shape) }
            // Exact where the reciprocal is.
            if let second, second.significand == 1, (-1000...1000).contains(second.exponent) {
                return element(.multiply, [number(1 / second), a])
            }
        case .power: return second.flatMap { power(a, $0, shape) }
        case .select:
            if let first { return broadcast(first != 0 ? b : operands[2], shape) }
            if b == operands[2] { return broadcast(b, shape) }
        default: break
        }
        return nil
    }

    /// Small whole powers as products, by squaring; halves as square roots.
    private mutating func power(_ a: Node, _ exponent: Double, _ shape: Shape) -> Node? {
        if exponent == 0 { return broadcast(number(1), shape) }
        if exponent == 1 { return broadcast(a, shape) }
        if exponent == 0.5 { return broadcast(element(.squareRoot, [a]), shape) }
        guard exponent == exponent.rounded(), exponent.magnitude <= 64 else { return nil }
        var rest = Int(exponent.magnitude), square = a
        var result: Node?
        while rest > 0 {
            if rest & 1 == 1 { result = result.map { element(.multiply, [$0, square]) } ?? square }
            rest >>= 1
            if rest > 0 { square = element(.multiply, [square, square]) }
        }
        guard let result else { return nil }
        return broadcast(exponent < 0 ? element(.divide, [number(1), result]) : result, shape)
    }

    // MARK: Reductions and products

    /// The sum of each row, in a shape of as many elements.
    mutating func sumOfRows(_ node: Node, _ shape: Shape) -> Node {
        let own = self.shape(node)
        precondition(shape.count == own.rows)
        if own.columns == 1 { return reshape(node, shape) }
        if let scalar = repeated(node) {
            return broadcast(element(.multiply, [number(Double(own.columns)), scalar]), shape)
        }
        if let values = values(node) {
            let sums = (0..<own.rows).map { r in (0..<own.columns).reduce(0) { $0 + values[r * own.columns + $1] } }
            return shape.isScalar ? number(sums[0]) : constant(sums, shape)
        }
        return reshape(add(.sum, [node], .vector(own.rows)), shape)
    }

    /// The sum of all elements.
    mutating func sum(_ node: Node) -> Node {
        let shape = shape(node)
        if shape.isScalar { return node }
        if shape.rows == 1 { return sumOfRows(node, .scalar) }
        if let row = row(node) { return sumOfRows(row, .scalar) }
        let rows = sumOfRows(node, .vector(shape.rows))
        return sumOfRows(rows, .scalar)
    }

    /// All elements as one vector without copying them; `nil` where they do not lie so.
    private mutating func row(_ node: Node) -> Node? {
        let shape = shape(node)
        guard case .view(let view) = entries[node].operation else { return reshape(node, .vector(shape.count)) }
        return view.flattened(shape) == nil ? nil : reshape(node, .vector(shape.count))
    }

    /// The sum over lengths that `shape` does not have or that are 1 there: what becomes of a gradient where something was
    /// repeated.
    mutating func reduce(_ node: Node, to shape: Shape) -> Node {
        let own = self.shape(node)
        guard own != shape else { return node }
        if shape.count == own.count { return reshape(node, shape) }
        if shape.count == 1 { return reshape(sum(node), shape) }
        if shape.columns == 1 { return sumOfRows(node, shape) }
        // Over rows: a sum over columns of the transposed.
        return sumOfRows(transpose(node), shape)
    }

    /// The Euclidean norm of all elements.
    mutating func norm(_ node: Node) -> Node { ofAll(node, .norm) }
    mutating func largest(_ node: Node) -> Node { ofAll(node, .largest) }

    /// 1 at the first place where the largest element stands, 0 elsewhere.
    mutating func largestPlace(_ node: Node) -> Node {
        let shape = shape(node)
        let flat = flat(node)
        if let values = values(flat), let place = values.firstIndex(of: values.max() ?? .nan) {
            return constant(values.indices.map { $0 == place ? 1 : 0 }, shape)
        }
        return reshape(add(.largestPlace, [flat], .vector(shape.count)), shape)
    }

    private mutating func flat(_ node: Node) -> Node { reshape(node, .vector(shape(node).count)) }

    private mutating func ofAll(_ node: Node, _ operation: Operation) -> Node {
        let flat = flat(node)
        if let values = values(flat) {
            return number(Evaluator<Double>.ofAll(operation, values))
        }
        return add(operation, [flat], .scalar)
    }

    /// Of an m x k and a k x n matrix.
    mutating func product(_ a: Node, _ b: Node) -> Node {
        let (left, right) = (shape(a), shape(b))
        precondition(left.columns == right.rows)
        let shape = Shape.matrix(left.rows, right.columns)
        if left.columns == 1 { return element(.multiply, [a, b]) }
        work += shape.count * left.columns
        if let a = values(a), let b = values(b) {
            return constant(Evaluator<Double>.product(a, left, b, right), shape)
        }
        if uniform(a) == 0 || uniform(b) == 0 { return broadcast(number(0), shape) }
        return add(.product, [a, b], shape)
    }

    // MARK: Indices

    /// An index from a scalar that is a whole number from 0 on and no constant.
    mutating func index(_ number: Node) -> Node { add(.index, [number], .scalar) }

    /// Rows of a matrix by indices: as many rows as there are.
    mutating func gather(_ source: Node, _ indices: Node) -> Node {
        add(.gather, [source, indices], .matrix(shape(indices).count, shape(source).columns))
    }

    mutating func scatter(_ rows: Node, _ indices: Node, _ shape: Shape) -> Node {
        if uniform(rows) == 0 { return broadcast(number(0), shape) }
        return add(.scatter, [rows, indices], shape)
    }

    /// Zeros with parts added where their views lie; parts of 0 add nothing.
    mutating func assemble(_ parts: [(view: View, node: Node)], _ shape: Shape) -> Node {
        let parts = parts.filter { uniform($0.node) != 0 }
        guard !parts.isEmpty else { return broadcast(number(0), shape) }
        if !parts.contains(where: { values($0.node) == nil }) {
            var total = [Double](repeating: 0, count: shape.count)
            for part in parts {
                let own = self.shape(part.node), values = values(part.node) ?? []
                for r in 0..<own.rows {
                    for c in 0..<own.columns { total[part.view.place(r, c)] += values[r * own.columns + c] }
                }
            }
            return shape.isScalar ? number(total[0]) : constant(total, shape)
        }
        // One part that is everything, in whatever order.
        if parts.count == 1, self.shape(parts[0].node).count == shape.count {
            let own = self.shape(parts[0].node), view = parts[0].view.normalised(own)
            if view == View(own).normalised(own) { return reshape(parts[0].node, shape) }
            if own.rows > 1, own.columns > 1, view == View(offset: 0, rowStride: 1, columnStride: own.rows) {
                return reshape(transpose(parts[0].node), shape)
            }
        }
        return add(.assemble(parts.map { $0.view.normalised(self.shape($0.node)) }), parts.map(\.node), shape)
    }

    /// Whether a node depends on the point.
    func dependsOnPoint() -> [Bool] {
        var depends = [Bool](repeating: false, count: entries.count)
        for (index, entry) in entries.enumerated() {
            depends[index] = entry.operation == .point || entry.operands.contains { depends[$0] }
        }
        return depends
    }
}
