import ExpressionSyntax
import TrialContract

extension SweepDecoder {
    /// `derive`: a map from numbers to arithmetic. Done in two rounds, since derived numbers may use each other.
    func decodeDerived() {
        guard let node = root["derive"], let entries = reader.map(node, "derive", keys: nil) else { return }
        for entry in entries {
            guard let field = fields[entry.key] else {
                diagnostics.report(
                    entry.keyPlace, "derive.\(entry.key)", "is not a number that can be derived",
                    remedy: NearestName.remedy(for: entry.key, among: fields.names))
                continue
            }
            guard belongs(field, entry) else { continue }
            assign(field, [], .derived, entry.keyPlace)
            if spec.numbers[field.name]?.source == .derived {
                spec.derived.append(DerivedSpec(field: field, node: entry.value))
            }
        }
        let scope = scope()
        for index in spec.derived.indices {
            let derived = spec.derived[index]
            spec.derived[index].program = program(
                derived.node, "derive.\(derived.field.name)", scope, wantsCondition: false)
        }
    }

    /// `where`: a comparison.
    func decodeCondition() {
        guard let node = root["where"], let program = program(node, "where", scope(), wantsCondition: true) else {
            return
        }
        spec.condition = ConditionSpec(node: node, program: program)
    }

    func program(
        _ node: SourceNode, _ field: String, _ scope: ExpressionScope, wantsCondition: Bool
    ) -> Program? {
        let example = wantsCondition ? "\"learning_rate * smoothness < 2\"" : "\"0.5 / smoothness\""
        guard let text = node.text, !node.isNull else {
            diagnostics.report(node, field, "must be an expression", remedy: "write it in quotes, as \(example)")
            return nil
        }
        do {
            return try ProgramCompiler.compile(text, scope: scope, wantsCondition: wantsCondition)
        } catch {
            diagnostics.report(
                SourcePositions(sourceText).place(node, offset: error.offset), field, error.message,
                value: error.value ?? node.summary, remedy: error.remedy)
            return nil
        }
    }

    /// The names that have a value in this sweep.
    func scope() -> ExpressionScope {
        var meanings: [String: ExpressionScope.Meaning] = [:]
        for field in fields.fields {
            meanings[field.name] = .unavailable(
                reason: "has no value of its own in this sweep", remedy: "sweep or fix \(field.name) first")
        }
        let always = ["dimension", "noise", "learning_rate", "rho", "steps", "seed"]
        let given = fields.names.filter { swept.contains($0) }
        for name in always + given + spec.numbers.keys + defaultedNames { meanings[name] = .number }
        for kind in ComponentKind.choices {
            meanings[kind.fieldName] = .choice(spec.choices[kind]?.entries.map {
                ExpressionScope.Names(name: $0.description.name, label: $0.label)
            } ?? [])
        }
        for constant in CurvatureName.allCases { meanings[constant.rawValue] = meaning(of: constant) }
        meanings[GradientCount.name] = .number
        meanings["trials"] = .unavailable(reason: "is the same for all cells", remedy: "use another name")
        return ExpressionScope(meanings)
    }

    /// Numbers that the file leaves to their defaults.
    private var defaultedNames: [String] {
        var names: [String] = []
        if case .radius = spec.start { names.append(FieldCatalogue.radius.name) }
        for kind in ComponentKind.choices where kind != .optimizer {
            guard let choice = spec.choices[kind], choice.source == .fixed else { continue }
            names += choice.entries[0].description.parameters
                .filter { $0.defaultValue != nil || $0.defaultsToRho }.map { "\(kind.fieldName).\($0.name)" }
        }
        return names
    }

    private func meaning(of constant: CurvatureName) -> ExpressionScope.Meaning {
        for entry in spec.choices[.problem]?.entries ?? [] where constant.needs.contains(where: {
            entry.description.constant($0) == .absent
        }) {
            return .unavailable(
                reason: "the problem \(entry.description.name) has no \(constant.rawValue.replacing("_", with: " "))",
                remedy: "leave it out of the expression")
        }
        return .number
    }
}

/// Constants of the problem that expressions may name.
enum CurvatureName: String, CaseIterable, Sendable {
    case smoothness
    case strongConvexity = "strong_convexity"
    case conditionNumber = "condition_number"

    /// The two constants that a problem has.
    enum Constant { case smoothness, strongConvexity }

    var needs: [Constant] {
        switch self {
        case .smoothness: [.smoothness]
        case .strongConvexity: [.strongConvexity]
        case .conditionNumber: [.smoothness, .strongConvexity]
        }
    }
}

extension ComponentDescription {
    /// Where a constant of the problem comes from.
    func constant(_ name: CurvatureName.Constant) -> ObjectiveConstant {
        switch name {
        case .smoothness: objective?.smoothness ?? .ofSpectrum
        case .strongConvexity: objective?.strongConvexity ?? .ofSpectrum
        }
    }
}
