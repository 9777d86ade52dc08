import TrialContract

/// Lays a checked sweep out: which dimensions the result has, and along which of them each quantity varies.
struct LayoutBuilder {
    private let spec: SweepSpec
    private let fields: FieldCatalogue
    private let diagnostics: Diagnostics
    private var grid = Grid()
    private var quantities: [Quantity] = []

    /// The four numbers that are dimensions even with one value, in the result's order.
    private static let named = [
        FieldCatalogue.dimension, FieldCatalogue.noise, FieldCatalogue.learningRate, FieldCatalogue.rho,
    ]
    private static let namedNames = Set(named.map(\.name))

    init(_ spec: SweepSpec, fields: FieldCatalogue, diagnostics: Diagnostics) {
        self.spec = spec
        self.fields = fields
        self.diagnostics = diagnostics
    }

    /// Throws where the grid has too many cells or a number depends on itself.
    mutating func build() throws -> Layout {
        addDimensions()
        try requireCountable()
        for kind in ComponentKind.choices { addChoice(kind) }
        for field in Self.named where spec.numbers[field.name] == nil { addDefault(field) }
        for name in numberNames { addNumber(spec.numbers[name]) }
        addDefaults()
        var layout = try Layout(spec: spec, grid: grid)
        for quantity in quantities { layout.append(quantity) }
        var derived = DerivedBuilder(layout, diagnostics: diagnostics)
        try derived.build()
        return derived.layout
    }

    /// In the catalogue's order, so that what follows from it does not depend on the file's.
    private var numberNames: [String] { fields.names.filter { spec.numbers[$0] != nil } }

    private mutating func addDimensions() {
        if let optimizers = spec.choices[.optimizer], optimizers.source == .axis {
            grid.append(.choice(.optimizer), dimension(optimizers, .optimizer))
        }
        for axis in spec.axes {
            switch axis {
            case .choice(.optimizer): break
            case .choice(let kind):
                if let choice = spec.choices[kind] { grid.append(axis, dimension(choice, kind)) }
            case .number(let name):
                if !Self.namedNames.contains(name), let number = spec.numbers[name] {
                    grid.append(axis, dimension(number.field, number.values))
                }
            case .zip(let index):
                let zip = spec.zips[index]
                grid.append(axis, GridDimension(
                    name: zip.name, values: .numbers((0..<zip.count).map(Double.init)),
                    longName: "position in the zip \(zip.name)", kind: .positions))
            }
        }
        for field in Self.named { addNamed(field) }
    }

    private mutating func addNamed(_ field: NumericField) {
        let number = spec.numbers[field.name]
        switch number?.source {
        case .zip, .derived: return
        case .axis, .fixed, nil:
            grid.append(.number(field.name), dimension(field, number?.values ?? [defaultValue(field)]))
        }
    }

    private func dimension(_ choice: ChoiceSpec, _ kind: ComponentKind) -> GridDimension {
        GridDimension(name: kind.fieldName, values: .names(choice.entries.map(\.label)), longName: choice.longName(kind))
    }

    private func dimension(_ field: NumericField, _ values: [Double]) -> GridDimension {
        let isDimension = field.name == FieldCatalogue.dimension.name
        return GridDimension(
            name: field.name, values: isDimension ? .integers(values.map { Int($0) }) : .numbers(values),
            longName: field.longName)
    }

    /// rho and noise are 0, the dimension is the number of eigenvalues given, else 1.
    private func defaultValue(_ field: NumericField) -> Double {
        guard field.name == FieldCatalogue.dimension.name else { return field.defaultValue ?? 0 }
        let counts = spec.choices[.problem]?.entries.compactMap(\.coordinateCount) ?? []
        return Double(counts.max() ?? 1)
    }

    private func requireCountable() throws {
        let cells = grid.combinations(Array(grid.dimensions.indices))
        let trials = cells.map { $0.multipliedReportingOverflow(by: spec.trials) }
        guard let trials, !trials.overflow, trials.partialValue <= 1 << 53 else {
            diagnostics.report(
                .whole, "axes", "the sweep has more than 2^53 trials", remedy: "use fewer values or trials")
            try diagnostics.throwIfAny()
            return
        }
    }

    private mutating func addChoice(_ kind: ComponentKind) {
        guard let choice = spec.choices[kind] else { return }
        let dimensions = position(.choice(kind), choice.source)
        let count = choice.entries.count
        quantities.append(Quantity(
            name: kind.fieldName, longName: choice.longName(kind), dimensions: dimensions,
            values: .table((0..<count).map(Double.init)), labels: choice.entries.map(\.label),
            isAxis: choice.source == .axis))
    }

    private mutating func addNumber(_ number: NumberSpec?) {
        guard let number, number.source != .derived else { return }
        let isNamed = Self.namedNames.contains(number.field.name)
        let source: ValueSource = isNamed && number.source == .fixed ? .axis : number.source
        quantities.append(Quantity(
            name: number.field.name, longName: number.field.longName,
            dimensions: position(.number(number.field.name), source), values: .table(number.values),
            isAxis: source == .axis))
    }

    private mutating func addDefault(_ field: NumericField) {
        quantities.append(Quantity(
            name: field.name, longName: field.longName, dimensions: position(.number(field.name), .axis),
            values: .table([defaultValue(field)]), isDefault: true, isAxis: true))
    }

    private func position(_ axis: AxisName, _ source: ValueSource) -> [Int] {
        switch source {
        case .fixed, .derived: []
        case .axis: grid.position(axis).map { [$0] } ?? []
        case .zip(let index): grid.position(.zip(index)).map { [$0] } ?? []
        }
    }

    /// Numbers that the file leaves out: the seed, the start's radius, parameters of the only component of a kind.
    private mutating func addDefaults() {
        var missing = [FieldCatalogue.seed]
        if case .radius = spec.start { missing.append(FieldCatalogue.radius) }
        for kind in ComponentKind.choices where kind != .optimizer {
            guard let choice = spec.choices[kind], choice.source == .fixed else { continue }
            missing += choice.entries[0].description.parameters.map { NumericField(kind, $0) }
        }
        for field in missing where spec.numbers[field.name] == nil {
            guard let value = field.defaultValue else { continue }
            quantities.append(Quantity(
                name: field.name, longName: field.longName, dimensions: [], values: .table([value]), isDefault: true))
        }
    }
}

extension ChoiceSpec {
    /// What the kind is, with the formulas of schedules that are called by a name of their own.
    fileprivate func longName(_ kind: ComponentKind) -> String {
        let named = entries.compactMap(\.schedule).filter { $0.description.name != $0.definition.factor.canonicalText }
        var formulas: [String] = []
        for own in named where !formulas.contains("\(own.description.name): \(own.description.formula)") {
            formulas.append("\(own.description.name): \(own.description.formula)")
        }
        return formulas.isEmpty ? kind.noun : "\(kind.noun) (\(formulas.joined(separator: "; ")))"
    }
}
