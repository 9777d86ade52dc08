import TrialContract

/// Turns nodes of a graph into a tape: what is needed of them, in order, with buffers that are used again as soon as nobody
/// reads them any more.
struct TapeWriter {
    private let graph: Graph
    /// By node: the last instruction that reads it.
    private var lastUse: [Graph.Node: Int] = [:]
    private var places: [Graph.Node: (space: Tape.Space, offset: Int)] = [:]
    private var instructions: [Tape.Instruction] = []
    private var constants: [Double] = []
    private var constantPlaces: [Int: Int] = [:]
    private var free: [Range<Int>] = []
    private var bufferSize = 0

    /// How many nodes of the order need no point; none where nothing is drawn.
    private var sampleNodes = 0

    /// A tape that writes the nodes one after the other.
    static func tape(_ graph: Graph, _ outputs: [Graph.Node]) -> Tape {
        var writer = TapeWriter(graph)
        return writer.write(outputs)
    }

    private init(_ graph: Graph) { self.graph = graph }

    private mutating func write(_ outputs: [Graph.Node]) -> Tape {
        let order = sampleFirst(needed(outputs))
        noteUses(order, outputs)
        var outputPlaces: [Int] = []
        var outputSize = 0
        for output in outputs {
            outputPlaces.append(outputSize)
            outputSize += graph.shape(output).count
        }
        // A result that is computed rather than shown lies where it is wanted from the beginning.
        var direct: [Graph.Node: Int] = [:]
        let kept = Set(order[..<sampleNodes])
        for (output, place) in zip(outputs, outputPlaces)
        where isComputed(output) && direct[output] == nil && !kept.contains(output) {
            direct[output] = place
        }
        for (output, place) in direct.sorted(by: { $0.key < $1.key }) { placeParts(of: output, at: place, kept, &direct) }
        var samplePart = 0
        for (step, node) in order.enumerated() {
            if isComputed(node) { compute(node, direct[node]) }
            if step < sampleNodes { samplePart = instructions.count }
            for operand in Set(sources(node)) where lastUse[operand] == step && !(kept.contains(operand) && step >= sampleNodes) {
                release(operand)
            }
        }
        for (output, place) in zip(outputs, outputPlaces) where direct[output] != place {
            let shape = graph.shape(output)
            instructions.append(instruction(
                .copy, rows: shape.rows, columns: shape.columns,
                result: Tape.Operand(.output, offset: place, rowStride: shape.columns, columnStride: 1),
                [operand(output)]))
        }
        return Tape(
            instructions: instructions, constants: constants, bufferSize: bufferSize, outputSize: outputSize,
            samplePart: samplePart)
    }

    /// Where something is drawn, what needs no point first: it is computed once for all points at which a sample is asked for.
    private mutating func sampleFirst(_ order: [Graph.Node]) -> [Graph.Node] {
        let entries = graph.entries
        var needsPoint: Set<Graph.Node> = []
        var isDrawn = false
        for node in order {
            switch entries[node].operation {
            case .point, .direction: needsPoint.insert(node)
            case .sample: isDrawn = true
            default: if entries[node].operands.contains(where: { needsPoint.contains($0) }) { needsPoint.insert(node) }
            }
        }
        guard isDrawn else { return order }
        let first = order.filter { !needsPoint.contains($0) }
        sampleNodes = first.count
        return first + order.filter { needsPoint.contains($0) }
    }

    /// What a result is put together of lies in its place at once, where its parts lie side by side.
    private func placeParts(of output: Graph.Node, at place: Int, _ kept: Set<Graph.Node>, _ direct: inout [Graph.Node: Int]) {
        guard case .assemble(let views) = graph.entries[output].operation, isDisjoint(output, views) else { return }
        for (view, part) in zip(views, graph.entries[output].operands)
        where isComputed(part) && direct[part] == nil && !kept.contains(part) && view.isDense(graph.shape(part)) {
            direct[part] = place + view.offset
        }
    }

    /// Ascending, operands first.
    private func needed(_ outputs: [Graph.Node]) -> [Graph.Node] {
        var isNeeded = [Bool](repeating: false, count: graph.entries.count)
        for output in outputs { isNeeded[output] = true }
        for node in graph.entries.indices.reversed() where isNeeded[node] {
            for operand in graph.entries[node].operands { isNeeded[operand] = true }
        }
        return graph.entries.indices.filter { isNeeded[$0] }
    }

    /// Whether a node's elements are computed rather than read from elsewhere.
    private func isComputed(_ node: Graph.Node) -> Bool {
        switch graph.entries[node].operation {
        case .point, .direction, .sample, .constant, .view: false
        default: true
        }
    }

    /// The node whose elements a node shows.
    private func base(_ node: Graph.Node) -> Graph.Node {
        if case .view = graph.entries[node].operation { return graph.entries[node].operands[0] }
        return node
    }

    /// What an instruction for the node reads.
    private func sources(_ node: Graph.Node) -> [Graph.Node] {
        isComputed(node) ? graph.entries[node].operands.map { base($0) } : []
    }

    private mutating func noteUses(_ order: [Graph.Node], _ outputs: [Graph.Node]) {
        for (step, node) in order.enumerated() {
            for operand in sources(node) { lastUse[operand] = step }
        }
        for output in outputs { lastUse[base(output)] = .max }
    }

    // MARK: Buffers

    /// The first free stretch that is long enough.
    private mutating func place(_ count: Int) -> Int {
        if let index = free.firstIndex(where: { $0.count >= count }) {
            let start = free[index].lowerBound
            if free[index].count == count {
                free.remove(at: index)
            } else {
                free[index] = start + count..<free[index].upperBound
            }
            return start
        }
        bufferSize += count
        return bufferSize - count
    }

    private mutating func release(_ node: Graph.Node) {
        guard let place = places[node], place.space == .buffer, isComputed(node) else { return }
        var range = place.offset..<place.offset + graph.shape(node).count
        if let before = free.firstIndex(where: { $0.upperBound == range.lowerBound }) {
            range = free.remove(at: before).lowerBound..<range.upperBound
        }
        if let after = free.firstIndex(where: { $0.lowerBound == range.upperBound }) {
            range = range.lowerBound..<free.remove(at: after).upperBound
        }
        free.insert(range, at: free.firstIndex { $0.lowerBound > range.lowerBound } ?? free.count)
        places[node] = nil
    }

    // MARK: Instructions

    private func instruction(
        _ operation: Tape.Operation, rows: Int, columns: Int, inner: Int = 0, result: Tape.Operand,
        _ operands: [Tape.Operand]
    ) -> Tape.Instruction {
        var result = Tape.Instruction(
            operation, rows: rows, columns: columns, inner: inner, result: result, operands: operands)
        guard operation.isElementwise || operation == .zero || operation == .accumulate, rows > 1 else { return result }
        // One long row where all operands allow it.
        let all = [result.result] + operands
        if all.allSatisfy({ $0.rowStride == columns * $0.columnStride }) {
            result.rows = 1
            result.columns = rows * columns
        } else if columns == 1 {
            result.rows = 1
            result.columns = rows
            func turned(_ operand: Tape.Operand) -> Tape.Operand {
                Tape.Operand(operand.space, offset: operand.offset, rowStride: 0, columnStride: operand.rowStride)
            }
            result.result = turned(result.result)
            result.operands = operands.map(turned)
        }
        return result
    }

    /// A node's elements as a matrix.
    private mutating func operand(_ node: Graph.Node) -> Tape.Operand {
        let entry = graph.entries[node], shape = entry.shape
        switch entry.operation {
        case .view(let view):
            let base = start(entry.operands[0])
            return Tape.Operand(
                base.space, offset: base.offset + view.offset, rowStride: view.rowStride, columnStride: view.columnStride)
        default:
            let start = start(node)
            return Tape.Operand(
                start.space, offset: start.offset, rowStride: shape.rows == 1 ? 0 : shape.columns,
                columnStride: shape.columns == 1 ? 0 : 1)
        }
    }

    private mutating func start(_ node: Graph.Node) -> (space: Tape.Space, offset: Int) {
        switch graph.entries[node].operation {
        case .point: return (.point, 0)
        // It lies behind the point.
        case .direction: return (.point, graph.shape(node).count)
        case .sample(let offset): return (.sample, offset)
        case .constant(let index):
            if let place = constantPlaces[index] { return (.constant, place) }
            constantPlaces[index] = constants.count
            constants += graph.constants[index]
            return (.constant, constants.count - graph.constants[index].count)
        default: return places[node] ?? (.buffer, 0)
        }
    }

    private mutating func compute(_ node: Graph.Node, _ output: Int?) {
        let entry = graph.entries[node], shape = entry.shape
        let operands = entry.operands.map { operand($0) }
        let place = output.map { (Tape.Space.output, $0) } ?? (Tape.Space.buffer, self.place(shape.count))
        places[node] = place
        let result = Tape.Operand(place.0, offset: place.1, rowStride: shape.columns, columnStride: 1)
        switch entry.operation {
        case .point, .direction, .sample, .constant, .view: break
        case .element(let operation):
            instructions.append(instruction(
                operation, rows: shape.rows, columns: shape.columns, result: result,
                zip(operands, entry.operands).map { repeated($0, graph.shape($1), shape) }))
        case .sum:
            let inside = graph.shape(entry.operands[0])
            instructions.append(instruction(
                .sum, rows: inside.rows, columns: inside.columns,
                result: Tape.Operand(place.0, offset: place.1, rowStride: 1, columnStride: 0), operands))
        case .norm, .largest, .largestPlace:
            let operation: Tape.Operation =
                switch entry.operation {
                case .norm: .norm
                case .largest: .largest
                default: .largestPlace
                }
            instructions.append(instruction(
                operation, rows: 1, columns: graph.shape(entry.operands[0]).count, result: result, operands))
        case .product:
            instructions.append(instruction(
                .product, rows: shape.rows, columns: shape.columns, inner: graph.shape(entry.operands[0]).columns,
                result: result, operands))
        case .index:
            // Kernels read indices as bit patterns of integers, and k times the least number has that of k: exact, since
            // subnormal numbers are whole multiples of it.
            constants.append(.leastNonzeroMagnitude)
            let least = Tape.Operand(.constant, offset: constants.count - 1, rowStride: 0, columnStride: 0)
            instructions.append(instruction(.multiply, rows: 1, columns: 1, result: result, [operands[0], least]))
        case .gather:
            instructions.append(instruction(
                .gather, rows: shape.rows, columns: shape.columns, inner: graph.shape(entry.operands[0]).rows,
                result: result, [operands[0], alongRows(operands[1])]))
        case .scatter:
            instructions.append(instruction(
                .scatter, rows: graph.shape(entry.operands[1]).count, columns: shape.columns, inner: shape.rows,
                result: result, [operands[0], alongRows(operands[1])]))
        case .assemble(let views): assemble(node, views, operands, result)
        }
    }

    /// Indices, one a row.
    private func alongRows(_ operand: Tape.Operand) -> Tape.Operand {
        Tape.Operand(operand.space, offset: operand.offset, rowStride: operand.columnStride, columnStride: 0)
    }

    /// An operand repeated to the shape of the result.
    private func repeated(_ operand: Tape.Operand, _ own: Shape, _ shape: Shape) -> Tape.Operand {
        Tape.Operand(
            operand.space, offset: operand.offset, rowStride: own.rows == 1 ? 0 : operand.rowStride,
            columnStride: own.columns == 1 ? 0 : operand.columnStride)
    }

    /// How often the parts of a value cover its elements: never, once, or more often.
    private func coverage(_ node: Graph.Node, _ views: [View]) -> [UInt8] {
        var covered = [UInt8](repeating: 0, count: graph.shape(node).count)
        for (view, operand) in zip(views, graph.entries[node].operands) {
            let own = graph.shape(operand)
            for r in 0..<own.rows {
                for c in 0..<own.columns { covered[view.place(r, c)] = min(2, covered[view.place(r, c)] + 1) }
            }
        }
        return covered
    }

    private func isDisjoint(_ node: Graph.Node, _ views: [View]) -> Bool { coverage(node, views).allSatisfy { $0 == 1 } }

    /// Parts side by side are copied where they do not lie there already; where they overlap or leave gaps, they are added to
    /// zeros.
    private mutating func assemble(
        _ node: Graph.Node, _ views: [View], _ operands: [Tape.Operand], _ result: Tape.Operand
    ) {
        let shape = graph.shape(node)
        let covered = coverage(node, views)
        let isDisjoint = !covered.contains(2)
        if covered.contains(0) || !isDisjoint {
            instructions.append(instruction(
                .zero, rows: shape.rows, columns: shape.columns, result: result, []))
        }
        for ((view, operand), node) in zip(zip(views, operands), graph.entries[node].operands) {
            let own = graph.shape(node)
            if operand.space == result.space, operand.offset == result.offset + view.offset, result.space == .output { continue }
            instructions.append(instruction(
                isDisjoint ? .copy : .accumulate, rows: own.rows, columns: own.columns,
                result: Tape.Operand(
                    result.space, offset: result.offset + view.offset, rowStride: view.rowStride,
                    columnStride: view.columnStride), [operand]))
        }
    }
}
