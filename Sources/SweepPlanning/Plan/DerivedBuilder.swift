import TrialContract
import Wording

/// Adds what is computed to a layout: derived numbers and the problem's constants that expressions name, each after
/// what it depends on.
struct DerivedBuilder {
    private enum State { case inWork, done }

    var layout: Layout
    let diagnostics: Diagnostics
    private var states: [String: State] = [:]
    /// Names being worked on, outermost first.
    private var path: [String] = []

    init(_ layout: Layout, diagnostics: Diagnostics) {
        self.layout = layout
        self.diagnostics = diagnostics
    }

    /// Throws where numbers depend on themselves.
    mutating func build() throws {
        appendGradients()
        for derived in layout.spec.derived { add(derived.field.name) }
        for entry in layout.spec.choices[.problem]?.entries ?? [] {
            for parameter in entry.description.parameters where parameter.defaultsToRho {
                add("problem.\(parameter.name)")
            }
        }
        for name in layout.ownSchedules.flatMap(\.cellNames) { add(name) }
        if let condition = layout.spec.condition {
            for name in condition.program.names { add(name) }
            try diagnostics.throwIfAny()
            lay(condition)
        }
        try diagnostics.throwIfAny()
    }

    private mutating func add(_ name: String) {
        switch states[name] {
        case .done: return
        case .inWork: reportCycle(name)
        case nil:
            states[name] = .inWork
            path.append(name)
            let derived = layout.spec.derived.first { $0.field.name == name }
            if let derived, let program = derived.program {
                for input in program.names { add(input) }
                append(derived, program)
            } else if let constant = CurvatureName(rawValue: name) {
                for input in layout.curvatureInputs { add(input) }
                append(constant)
            } else if name.hasPrefix("problem."), layout[name] == nil {
                // A length scale that is the cell's rho, which may be derived.
                add(FieldCatalogue.rho.name)
                appendScaleOfRho(name)
            }
            path.removeLast()
            states[name] = .done
        }
    }

    private func reportCycle(_ name: String) {
        let start = path.firstIndex(of: name) ?? 0
        let cycle = (path[start...] + [name]).joined(separator: " -> ")
        let culprit = path[start...].compactMap { step in
            layout.spec.derived.first { $0.field.name == step }
        }.first
        diagnostics.report(
            culprit?.node.place ?? .whole, "derive.\(culprit?.field.name ?? name)", "depends on itself", value: cycle,
            remedy: "compute one of them from something else")
    }

    private mutating func append(_ derived: DerivedSpec, _ program: Program) {
        // After a cycle something is missing; it has been reported.
        guard let (program, inputs) = hoisted(program, derived.field.name) else { return }
        append(Quantity(
            name: derived.field.name, longName: derived.field.longName,
            dimensions: inputs.map { layout.quantities[$0].dimensions }.union(),
            values: .formula(.program(program, inputs: inputs))))
    }

    private mutating func append(_ constant: CurvatureName) {
        let inputs = layout.curvatureInputs.compactMap { layout[$0]?.dimensions }
        append(Quantity(
            name: constant.rawValue, longName: constant.rawValue, dimensions: inputs.union(),
            values: .formula(.curvature(constant)), isInternal: true))
    }

    /// The gradients of a step, along whatever the optimizer varies along.
    private mutating func appendGradients() {
        guard let optimizer = layout[ComponentKind.optimizer.fieldName], let places = optimizer.table else { return }
        let counts = (layout.spec.choices[.optimizer]?.entries ?? []).map { entry in
            // What an algorithm cannot be understood for is reported when it is looked at.
            layout.spec.catalogue.gradientsPerStep[entry.description.name] ?? 1
        }
        layout.append(Quantity(
            name: GradientCount.name, longName: GradientCount.summary, dimensions: optimizer.dimensions,
            values: .table(places.map { counts[Int($0)] }), isInternal: true))
    }

    private mutating func appendScaleOfRho(_ name: String) {
        guard let rho = layout[FieldCatalogue.rho.name], layout[name] == nil else { return }
        for entry in layout.spec.choices[.problem]?.entries ?? [] {
            for parameter in entry.description.parameters
            where parameter.defaultsToRho && entry.given[parameter.name] == nil && name == "problem.\(parameter.name)" {
                layout.append(Quantity(
                    name: name, longName: "\(parameter.summary) (the cell's rho)", dimensions: rho.dimensions,
                    values: rho.values, isDefault: true))
                return
            }
        }
    }
}

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
