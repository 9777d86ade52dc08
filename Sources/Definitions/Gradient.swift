import TrialContract

extension Graph {
    /// The gradient of a number with respect to the point, by reverse accumulation (Griewank & Walther, "Evaluating
    /// Derivatives", 2nd ed., 2008, chapter 3).
    ///
    /// Kinks: the derivative of `abs` and `sign` at 0 is 0, of `relu` at 0 is 0, of `min` and `max` where both agree that of
    /// the first; of a norm at 0 it is 0, of `largest` that of the first largest.
    mutating func gradient(of function: Node, dimension: Int) -> Node {
        let pointNode = point(dimension)
        let depends = dependsOnPoint()
        var adjoints = [Node?](repeating: nil, count: entries.count)
        // What flows back through parts of a node.
        var parts = [[(view: View, node: Node)]](repeating: [], count: entries.count)
        guard depends[function] else { return broadcast(number(0), .vector(dimension)) }
        adjoints[function] = number(1)
        for node in (0...function).reversed() where depends[node] {
            let entry = entries[node]
            if !parts[node].isEmpty {
                let assembled = assemble(parts[node], entry.shape)
                adjoints[node] = adjoints[node].map { element(.add, [$0, assembled]) } ?? assembled
            }
            guard node != pointNode, let adjoint = adjoints[node], uniform(adjoint) != 0 else { continue }
            for (place, operand) in entry.operands.enumerated() where depends[operand] {
                if case .view(let view) = entry.operation {
                    parts[operand].append(placed(adjoint, view, entry.shape))
                    continue
                }
                guard let share = contribution(of: node, to: place, adjoint), uniform(share) != 0 else { continue }
                let reduced = reduce(share, to: entries[operand].shape)
                adjoints[operand] = adjoints[operand].map { element(.add, [$0, reduced]) } ?? reduced
            }
        }
        return adjoints[pointNode] ?? broadcast(number(0), .vector(dimension))
    }

    /// What flows back through a view: where the view repeats an element, the sum over its repetitions.
    private mutating func placed(_ adjoint: Node, _ view: View, _ shape: Shape) -> (view: View, node: Node) {
        var view = view, node = broadcast(adjoint, shape), shape = shape
        if shape.columns > 1, view.columnStride == 0 {
            node = sumOfRows(node, .matrix(shape.rows, 1))
            shape = .matrix(shape.rows, 1)
        }
        if shape.rows > 1, view.rowStride == 0 {
            node = sumOfRows(transpose(node), .matrix(1, shape.columns))
            shape = .matrix(1, shape.columns)
        }
        view = view.normalised(shape)
        return (view, node)
    }

    /// What an operand's adjoint gains from a node; it may have to be reduced to the operand's shape.
    private mutating func contribution(of node: Node, to place: Int, _ adjoint: Node) -> Node? {
        let entry = entries[node], operands = entry.operands
        switch entry.operation {
        case .point, .direction, .sample, .constant, .view, .largestPlace: return nil
        case .element(let operation):
            if operation == .select {
                guard place > 0 else { return nil }
                let zero = number(0)
                return element(
                    .select, place == 1 ? [operands[0], adjoint, zero] : [operands[0], zero, adjoint])
            }
            guard let factor = partial(node, operation, place) else { return nil }
            // The adjoint has the shape of the result even where the factor has not.
            return element(.multiply, [factor, broadcast(adjoint, entry.shape)])
        case .sum:
            let shape = shape(operands[0])
            let column = reshape(adjoint, .matrix(shape.rows, 1))
            return reshape(broadcast(column, .matrix(shape.rows, shape.columns)), shape)
        case .norm:
            let inverse = element(.reciprocalOrZero, [node])
            return element(.multiply, [element(.multiply, [adjoint, inverse]), operands[0]])
        case .largest:
            return element(.multiply, [adjoint, largestPlace(operands[0])])
        case .product:
            return place == 0
                ? product(adjoint, transpose(operands[1])) : product(transpose(operands[0]), adjoint)
        case .index: return nil
        case .gather: return place == 0 ? scatter(adjoint, operands[1], shape(operands[0])) : nil
        case .scatter: return place == 0 ? gather(adjoint, operands[1]) : nil
        case .assemble(let views): return view(adjoint, views[place], shape(operands[place]))
        }
    }

    /// The derivative of an element by element operation with respect to one operand; `nil`: 0 everywhere.
    mutating func partial(_ node: Node, _ operation: Tape.Operation, _ place: Int) -> Node? {
        let operands = entries[node].operands, a = operands[0]
        func b() -> Node { operands[1] }
        switch operation {
        case .copy: return number(1)
        case .negate: return number(-1)
        case .absolute: return element(.sign, [a])
        case .squareRoot: return element(.divide, [number(0.5), node])
        case .reciprocalOrZero: return element(.negate, [element(.multiply, [node, node])])
        case .exponential: return node
        case .exponentialMinusOne: return element(.add, [node, number(1)])
        case .logarithm: return element(.divide, [number(1), a])
        case .logarithmOnePlus: return element(.divide, [number(1), element(.add, [a, number(1)])])
        case .sine: return element(.cosine, [a])
        case .cosine: return element(.negate, [element(.sine, [a])])
        case .tangent: return element(.add, [number(1), element(.multiply, [node, node])])
        case .hyperbolicTangent: return element(.subtract, [number(1), element(.multiply, [node, node])])
        case .sigmoid: return element(.multiply, [node, element(.subtract, [number(1), node])])
        case .softplus: return element(.sigmoid, [a])
        case .relu: return element(.less, [number(0), a])
        case .add: return number(1)
        case .subtract: return number(place == 0 ? 1 : -1)
        case .multiply: return operands[1 - place]
        case .divide:
            if place == 0 { return element(.divide, [number(1), b()]) }
            return element(.negate, [element(.divide, [node, b()])])
        case .power: return partialOfPower(node, place)
        case .minimum: return place == 0 ? element(.lessOrEqual, [a, b()]) : element(.less, [b(), a])
        case .maximum: return place == 0 ? element(.lessOrEqual, [b(), a]) : element(.less, [a, b()])
        default: return nil
        }
    }

    /// b a^(b-1), and a^b ln a where a > 0.
    private mutating func partialOfPower(_ node: Node, _ place: Int) -> Node {
        let operands = entries[node].operands
        if place == 0 {
            let lower = element(.power, [operands[0], element(.subtract, [operands[1], number(1)])])
            return element(.multiply, [operands[1], lower])
        }
        let isPositive = element(.less, [number(0), operands[0]])
        let inside = element(.multiply, [node, element(.logarithm, [operands[0]])])
        return element(.select, [isPositive, inside, number(0)])
    }
}

extension Graph {
    /// The derivative of some nodes along a direction of the point, by forward accumulation; applied to a gradient it is the
    /// Hessian's product with that direction.
    mutating func derivative(of nodes: [Node], along direction: Node) -> [Node] {
        let depends = dependsOnPoint()
        var tangents = [Node?](repeating: nil, count: entries.count)
        for node in 0...(nodes.max() ?? 0) where depends[node] {
            tangents[node] = tangent(of: node, direction) { tangents[$0] }
        }
        return nodes.map { node in tangents[node] ?? broadcast(number(0), shape(node)) }
    }

    private mutating func tangent(of node: Node, _ direction: Node, _ known: (Node) -> Node?) -> Node? {
        let entry = entries[node], operands = entry.operands
        func first() -> Node? { known(operands[0]) }
        switch entry.operation {
        case .point: return direction
        case .direction, .sample, .constant, .largestPlace: return nil
        case .element(.select):
            let a = known(operands[1]), b = known(operands[2])
            guard a != nil || b != nil else { return nil }
            let zero = number(0)
            return broadcast(element(.select, [operands[0], a ?? zero, b ?? zero]), entry.shape)
        case .element(let operation):
            var total: Node?
            for (place, operand) in operands.enumerated() {
                guard let tangent = known(operand), let factor = partial(node, operation, place) else { continue }
                let share = element(.multiply, [factor, tangent])
                total = total.map { element(.add, [$0, share]) } ?? share
            }
            return total.map { broadcast($0, entry.shape) }
        case .view(let view): return first().map { self.view($0, view, entry.shape) }
        case .sum: return first().map { sumOfRows($0, entry.shape) }
        case .norm:
            return first().map { tangent in
                let inverse = element(.reciprocalOrZero, [node])
                return element(.multiply, [inverse, sum(element(.multiply, [operands[0], tangent]))])
            }
        case .largest:
            return first().map { sum(element(.multiply, [largestPlace(operands[0]), $0])) }
        case .product:
            let left = first().map { product($0, operands[1]) }, right = known(operands[1]).map { product(operands[0], $0) }
            guard let left, let right else { return left ?? right }
            return element(.add, [left, right])
        case .index: return nil
        case .gather: return first().map { gather($0, operands[1]) }
        case .scatter: return first().map { scatter($0, operands[1], entry.shape) }
        case .assemble(let views):
            let parts = zip(views, operands).compactMap { view, operand in known(operand).map { (view: view, node: $0) } }
            return parts.isEmpty ? nil : assemble(parts, entry.shape)
        }
    }
}
