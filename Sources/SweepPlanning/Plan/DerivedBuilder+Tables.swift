import TrialContract
import Wording

extension DerivedBuilder {
    /// The program with its inputs, once expensive functions of few of them have become tables of their own.
    mutating func hoisted(_ program: Program, _ name: String) -> (Program, [Int])? {
        var program = program
        func dimensions(_ names: some Sequence<Int>) -> [Int] {
            names.compactMap { layout[program.names[$0]]?.dimensions }.union()
        }
        guard program.names.allSatisfy({ layout.place(of: $0) != nil }) else { return nil }
        let whole = layout.grid.combinations(dimensions(program.names.indices)) ?? .max
        var count = 0
        while let range = program.firstHoistable({ names in
            let part = layout.grid.combinations(dimensions(names)) ?? .max
            return part <= Layout.mostExpensiveCombinations && part <= whole / 4
        }) {
            let part = "\(name) #\(count)"
            count += 1
            let own = program.part(range)
            let inputs = own.names.compactMap { layout.place(of: $0) }
            append(Quantity(
                name: part, longName: "", dimensions: inputs.map { layout.quantities[$0].dimensions }.union(),
                values: .formula(.program(own, inputs: inputs)), isInternal: true))
            program = program.replacing(range, by: part)
        }
        return (program, program.names.compactMap { layout.place(of: $0) })
    }

    /// Whether a quantity's combinations are few enough for a table.
    private func canTabulate(_ dimensions: [Int], _ program: Program?) -> Bool {
        let isExpensive = (program?.expensiveSteps ?? 0) > 0
        let most = isExpensive ? Layout.mostExpensiveCombinations : Layout.mostCombinations
        return layout.grid.combinations(dimensions).map { $0 <= most } ?? false
    }

    /// Tabulates a quantity where its combinations are few enough.
    mutating func append(_ quantity: Quantity) {
        var program: Program?
        if case .formula(.program(let own, _)) = quantity.values { program = own }
        guard canTabulate(quantity.dimensions, program) else {
            layout.append(quantity)
            return
        }
        var values: [Double] = []
        switch quantity.values {
        case .table: return
        case .formula(.program(let program, let inputs)):
            GridScan(layout, inputs, over: quantity.dimensions).forEach { _, inputs in
                values.append(program.value(inputs))
                return true
            }
        case .formula(.curvature(let name)):
            GridScan(layout, [], over: quantity.dimensions).forEach { digits, _ in
                values.append(layout.curvature(name, at: digits))
                return true
            }
        }
        layout.append(Quantity(
            name: quantity.name, longName: quantity.longName, dimensions: quantity.dimensions, values: .table(values),
            isInternal: quantity.isInternal))
    }

    /// Lays `where` out; to drop all cells is an error.
    mutating func lay(_ condition: ConditionSpec) {
        guard let (program, inputs) = hoisted(condition.program, "where") else { return }
        let dimensions = inputs.map { layout.quantities[$0].dimensions }.union()
        var laid = LaidCondition(
            program: program, inputs: inputs, dimensions: dimensions, table: nil, place: condition.node.place)
        if canTabulate(dimensions, program) {
            var table: [Bool] = []
            GridScan(layout, inputs, over: dimensions).forEach { _, inputs in
                table.append(program.value(inputs) != 0)
                return true
            }
            laid.table = table
            if !table.contains(true) {
                let cells = layout.grid.combinations(Array(layout.grid.dimensions.indices)) ?? 0
                diagnostics.report(
                    condition.node, "where", cells == 1 ? "drops the only cell" : "drops all \(counted(cells, "cell"))",
                    remedy: "relax the condition or add values to the axes")
            }
        }
        layout.setCondition(laid)
    }
}
