import TrialContract

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
