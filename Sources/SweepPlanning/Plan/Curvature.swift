import TrialContract

/// Where a problem's constants come from, with its formulas compiled.
struct CurvatureRule: Sendable {
    private let smoothness: Program?
    private let strongConvexity: Program?
    /// Smallest and largest of a list of eigenvalues.
    private let ends: (smallest: Double, largest: Double)?

    /// Throws where the catalogue's own formula cannot be read.
    init(_ entry: ComponentEntry) throws {
        let names = entry.description.parameters.map(\.name)
        func program(_ constant: CurvatureName.Constant) throws -> Program? {
            guard case .expression(let text) = entry.description.constant(constant) else { return nil }
            return try ProgramCompiler.compile(text, scope: ExpressionScope(numbers: names), wantsCondition: false)
        }
        smoothness = try program(.smoothness)
        strongConvexity = try program(.strongConvexity)
        if case .blocks(let blocks, _)? = entry.spectrum {
            let values = blocks.map(\.value)
            ends = (values.min() ?? 0, values.max() ?? 0)
        } else {
            ends = nil
        }
    }

    func formula(_ constant: CurvatureName.Constant) -> Program? {
        constant == .smoothness ? smoothness : strongConvexity
    }

    func listEnd(_ constant: CurvatureName.Constant) -> Double? {
        constant == .smoothness ? ends?.largest : ends?.smallest
    }
}

extension Layout {
    /// Names of the quantities on which the constants depend.
    var curvatureInputs: [String] {
        var names = [ComponentKind.problem.fieldName]
        for entry in spec.choices[.problem]?.entries ?? [] {
            names += entry.description.parameters.map { "problem.\($0.name)" }
            guard entry.description.takesEigenvalues else { continue }
            switch entry.spectrum {
            case .spread(let kind, _, _)?:
                // One coordinate has the eigenvalue of the range's beginning.
                names += ["dimension"] + ["from", "to"].map { FieldCatalogue.rangeEnd(kind, $0).name }
            case .uniform?, nil: names.append(FieldCatalogue.eigenvalues.name)
            case .blocks?: break
            }
        }
        return names
    }

    /// A constant of the cell's problem.
    func curvature(_ name: CurvatureName, at digits: Digits) -> Double {
        switch name {
        case .smoothness: constant(.smoothness, at: digits)
        case .strongConvexity: constant(.strongConvexity, at: digits)
        case .conditionNumber: constant(.smoothness, at: digits) / constant(.strongConvexity, at: digits)
        }
    }

    private func constant(_ constant: CurvatureName.Constant, at digits: Digits) -> Double {
        if let minimum = entry(.problem, at: digits).data?.minimum {
            return constant == .smoothness ? minimum.smoothness : minimum.strongConvexity
        }
        let place = Int(value(ComponentKind.problem.fieldName, at: digits))
        let rule = curvatures[place]
        if let program = rule.formula(constant) {
            let parameters = choice(.problem, at: digits).parameters
            return program.value(program.names.map { parameters[$0] ?? .nan })
        }
        if let end = rule.listEnd(constant) { return end }
        switch entry(.problem, at: digits).spectrum {
        case .uniform(let value)?: return value ?? self.value(FieldCatalogue.eigenvalues.name, at: digits)
        case .spread(let kind, let from, let to)?:
            let first = from ?? value(FieldCatalogue.rangeEnd(kind, "from").name, at: digits)
            let last = to ?? value(FieldCatalogue.rangeEnd(kind, "to").name, at: digits)
            guard value("dimension", at: digits) > 1 else { return first }
            return constant == .smoothness ? max(first, last) : min(first, last)
        case .blocks?, nil: return .nan
        }
    }
}
