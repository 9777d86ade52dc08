import TrialContract
import Wording

/// What must hold between fields, for every cell that `where` keeps.
///
/// Each check looks through the combinations of the quantities it concerns only, not through the whole grid.
struct LayoutChecks {
    /// Cells looked at to see whether `where` drops a combination that is at fault.
    private static let mostLookups = 4_000_000

    let layout: Layout
    let diagnostics: Diagnostics

    init(_ layout: Layout, diagnostics: Diagnostics) {
        self.layout = layout
        self.diagnostics = diagnostics
    }

    /// Throws everything that does not fit together.
    func run() throws {
        for derived in layout.spec.derived { checkDerived(derived) }
        try diagnostics.throwIfAny()
        checkZips()
        checkSpectrum()
        checkData()
        checkDefinition()
        checkAlgorithms()
        checkSchedules()
        checkStatistics()
        checkMeasures()
        checkStart()
        checkNoise()
        checkDimensions()
        for kind in ComponentKind.choices { checkParameters(kind) }
        checkMethod()
        checkCurves()
        try diagnostics.throwIfAny()
    }

    private func checkMethod() {
        guard layout.spec.method == .reduced else { return }
        let choice = MethodChoice(layout)
        var lookups = Self.mostLookups
        let obstacle = choice.obstacle { isKept($0, fixed: choice.dimensions, &lookups) }
        guard let obstacle else { return }
        diagnostics.report(
            layout.spec.methodPlace, "method", "the method reduced \(obstacle)", value: "reduced",
            remedy: "write method: auto, which uses it where it can be, or full")
    }

    /// A combination of some quantities' values that is at fault and that some kept cell has.
    struct Fault {
        /// Values in the order of the names asked for.
        var values: [Double]
        /// Positions along the dimensions concerned, as `rho = 0, dimension = 10`; empty where there are none.
        var combination: String

        /// To be put behind a message.
        var place: String { combination.isEmpty ? "" : " at \(combination)" }
    }

    /// The first kept combination, if any, of which `isWrong` is true; names without a quantity are left out.
    func fault(_ names: [String], _ isWrong: (UnsafeBufferPointer<Double>) -> Bool) -> Fault? {
        let quantities = names.compactMap { layout.place(of: $0) }
        let dimensions = quantities.map { layout.quantities[$0].dimensions }.union()
        let scan = GridScan(layout, quantities, over: dimensions)
        var lookups = Self.mostLookups
        var found: Fault?
        func look(_ digits: Digits, _ values: UnsafeBufferPointer<Double>) -> Bool {
            guard isWrong(values), isKept(digits, fixed: dimensions, &lookups) else { return lookups > 0 }
            found = Fault(values: Array(values), combination: layout.combination(digits, dimensions))
            return false
        }
        if let count = scan.count, count <= Layout.mostCombinations {
            scan.forEach(look)
        } else {
            scan.sampleDigits(layout.sampleSize) { digits, values in
                if found == nil { _ = look(digits, values) }
            }
        }
        return found
    }

    /// Whether `where` keeps a cell with these positions along `fixed`.
    private func isKept(_ digits: Digits, fixed: [Int], _ lookups: inout Int) -> Bool {
        guard let condition = layout.condition else { return true }
        let free = condition.dimensions.filter { !fixed.contains($0) }
        var digits = Array(digits)
        while lookups > 0 {
            lookups -= 1
            if digits.withUnsafeBufferPointer({ layout.isIncluded($0) }) { return true }
            guard let next = free.last(where: { digits[$0] + 1 < layout.grid.dimensions[$0].count }) else {
                return false
            }
            digits[next] += 1
            for dimension in free where dimension > next { digits[dimension] = 0 }
        }
        return false
    }

    private func checkDerived(_ derived: DerivedSpec) {
        let field = derived.field
        // Most tables are in order and need no look at `where`.
        if let table = layout[field.name]?.table, !table.contains(where: field.refuses) { return }
        guard let fault = fault([field.name], { field.refuses($0[0]) }) else { return }
        diagnostics.report(
            derived.node.place, "derive.\(field.name)", "must give \(field.demand)\(fault.place)",
            value: brief(fault.values[0]), remedy: "change the expression, or drop such cells with where")
    }

    private func checkZips() {
        for (index, zip) in layout.spec.zips.enumerated() {
            guard let dimension = layout.grid.position(.zip(index)) else { continue }
            let columns = layout.quantities.filter { $0.dimensions == [dimension] && layout.spec.isZipped($0.name) }
                .compactMap(\.table)
            var seen: Set<[Double]> = []
            for row in 0..<zip.count where !seen.insert(columns.map { $0[row] }).inserted {
                diagnostics.report(
                    zip.place, "zip.\(zip.name)", "has the same values twice", value: "position \(row)",
                    remedy: "keep one of the two")
                break
            }
        }
    }
}

extension SweepSpec {
    /// Whether a zip gives the quantity its values.
    func isZipped(_ name: String) -> Bool {
        let source = numbers[name]?.source ?? choices.first { $0.key.fieldName == name }?.value.source
        if case .zip? = source { return true }
        return false
    }
}

extension Layout {
    /// Positions along some dimensions in words.
    func combination(_ digits: Digits, _ dimensions: [Int]) -> String {
        dimensions.map { dimension in
            let place = digits[dimension]
            let value = switch grid.dimensions[dimension].values {
            case .names(let names): names[place]
            case .integers(let numbers): "\(numbers[place])"
            case .numbers(let numbers): brief(numbers[place])
            }
            return "\(grid.dimensions[dimension].name) = \(value)"
        }.joined(separator: ", ")
    }
}

extension LayoutChecks {
    private func place(_ name: String) -> SourcePlace { layout.spec.numbers[name]?.place ?? .whole }

    func checkSpectrum() {
        for (index, entry) in (layout.spec.choices[.problem]?.entries ?? []).enumerated() {
            guard case .blocks(_, let place)? = entry.spectrum, let count = entry.spectrum?.count,
                let fault = fault(["problem", "dimension"], { Int($0[0]) == index && $0[1] != Double(count) })
            else { continue }
            diagnostics.report(
                layout.spec.numbers["dimension"]?.place ?? place, "dimension",
                "does not match the \(counted(count, "eigenvalue")) given",
                value: "dimension \(brief(fault.values[1]))",
                remedy: "leave dimension out, or give a number or a range without count as eigenvalues")
        }
    }

    /// Data decide the dimension, and a mini-batch is at most all of them.
    func checkData() {
        guard let entry = layout.spec.choices[.problem]?.entries.first, let data = entry.data else { return }
        if let fault = fault(["dimension"], { Int($0[0]) != data.dimension }) {
            diagnostics.report(
                layout.spec.numbers["dimension"]?.place ?? entry.place, "dimension",
                "does not match the data, whose examples have \(counted(data.dimension, "number")), the intercept included",
                value: "dimension \(brief(fault.values[0]))", remedy: "leave dimension out")
        }
        let batches = entry.given["batch"].map { [$0] } ?? layout["problem.batch"]?.table ?? []
        if let batch = batches.first(where: { $0 > Double(data.rows) }) {
            diagnostics.report(
                layout.spec.numbers["problem.batch"]?.place ?? entry.place, "problem.batch",
                "is larger than the data, which have \(counted(data.rows, "example"))", value: brief(batch),
                remedy: "give a batch from 1 to \(data.rows)")
        }
    }

    func checkStart() {
        switch layout.spec.start {
        case .vector(let values, let place):
            guard let fault = fault(["dimension"], { $0[0] != Double(values.count) }) else { return }
            let dimension = brief(fault.values[0])
            diagnostics.report(
                place, "start.vector", "has \(counted(values.count, "coordinate"))", value: "dimension \(dimension)",
                remedy: "give \(counted(Int(fault.values[0]), "value")), or start: {radius: ...}, which fits any dimension")
        case .blocks(let norms, let place):
            for (index, entry) in (layout.spec.choices[.problem]?.entries ?? []).enumerated() {
                let count = blockCount(entry)
                let wrong = fault(["problem", "dimension"]) {
                    Int($0[0]) == index && (count ?? Int($0[1])) != norms.count
                }
                guard let wrong else { continue }
                diagnostics.report(
                    place, "start.blocks", "has \(counted(norms.count, "norm"))",
                    value: "\(counted(count ?? Int(wrong.values[1]), "block")) of eigenvalues",
                    remedy: "give one norm for each entry of eigenvalues")
            }
        case .radius, .sphere, .defined: return
        }
    }

    /// The sweep's own objective must make sense for all parameters that it is swept over.
    func checkDefinition() {
        guard let entry = layout.spec.choices[.problem]?.entries.first, let defined = entry.defined else { return }
        if let count = entry.definedCount, let fault = fault(["dimension"], { Int($0[0]) != count }) {
            diagnostics.report(
                layout.spec.numbers["dimension"]?.place ?? entry.place, "dimension",
                "does not match the variables, which have \(counted(count, "coordinate"))",
                value: "dimension \(brief(fault.values[0]))", remedy: "leave dimension out")
            return
        }
        let names = defined.definition.parameters.map { "problem.\($0.name)" }
        let quantities = (["dimension"] + names).compactMap { layout.place(of: $0) }
        let scan = GridScan(layout, quantities, over: quantities.map { layout.quantities[$0].dimensions }.union())
        var isWrong = false
        func look(_ digits: Digits, _ values: UnsafeBufferPointer<Double>) -> Bool {
            guard !isWrong, layout.isIncluded(digits) else { return !isWrong }
            let dimension = Int(layout.value("dimension", at: digits))
            do {
                let objective = try defined.objective(
                    parameters: layout.choice(.problem, at: digits).parameters, dimension: dimension)
                if objective.dimension != dimension {
                    diagnostics.report(
                        entry.place, "problem.variables",
                        "have \(counted(objective.dimension, "coordinate")) where the dimension is \(dimension)",
                        value: defined.definition.name,
                        remedy: "only one variable takes dimension; use a parameter for lengths of several")
                    isWrong = true
                }
            } catch {
                diagnostics.report(error, defined.places, layout.spec.sourceText)
                isWrong = true
            }
            return !isWrong
        }
        if let count = scan.count, count <= Self.mostDefinitions {
            scan.forEach(look)
        } else {
            scan.sampleDigits(Self.mostDefinitions) { _ = look($0, $1) }
        }
    }

    /// An objective takes milliseconds to build.
    private static let mostDefinitions = 64

    /// `nil`: one per coordinate.
    private func blockCount(_ entry: ComponentEntry) -> Int? {
        switch entry.spectrum {
        case .blocks(let blocks, _)?: blocks.count
        case .spread?: nil
        case .uniform?, nil: 1
        }
    }

    func checkNoise() {
        let none = layout.spec.choices[.noiseModel]?.entries.firstIndex { $0.description.name == "none" }
        guard let none, let fault = fault(["noise_model", "noise"], { Int($0[0]) == none && $0[1] > 0 }) else { return }
        diagnostics.report(
            place("noise"), "noise", "noise_model none has no noise", value: brief(fault.values[1]),
            remedy: "set noise to 0 or choose a noise model")
    }

    /// Components that are not defined in every dimension.
    func checkDimensions() {
        for kind in ComponentKind.choices {
            for (index, entry) in (layout.spec.choices[kind]?.entries ?? []).enumerated() {
                guard let most = entry.description.maximumDimension,
                    let fault = fault([kind.fieldName, "dimension"], { Int($0[0]) == index && $0[1] > Double(most) })
                else { continue }
                diagnostics.report(
                    entry.place, kind.fieldName, "\(entry.description.name) is defined for dimension 1 to \(most) only",
                    value: "dimension \(brief(fault.values[1]))", remedy: "choose another or lower the dimension")
            }
        }
        let recorded = [(layout.spec.recordPlace, "record", layout.spec.record)]
            + (layout.spec.curve.map { [(layout.spec.curvePlace, "curves.of", $0.quantities)] } ?? [])
        for (place, field, quantities) in recorded {
            for quantity in quantities {
                guard let most = quantity.maximumDimension,
                    let fault = fault(["dimension"], { $0[0] > Double(most) })
                else { continue }
                diagnostics.report(
                    place, field, "\(quantity.name) is recorded for dimension 1 to \(most) only",
                    value: "dimension \(brief(fault.values[0]))", remedy: "remove it from \(field) or lower the dimension")
            }
        }
    }

    /// Ranges and relations of the parameters that a component has in a cell.
    func checkParameters(_ kind: ComponentKind) {
        for (index, entry) in (layout.spec.choices[kind]?.entries ?? []).enumerated() {
            for parameter in entry.description.parameters where entry.given[parameter.name] == nil {
                checkRange(parameter, kind, entry, index)
            }
            for constraint in entry.description.constraints { check(constraint, kind, entry, index) }
        }
    }

    private func checkRange(
        _ parameter: ParameterDescription, _ kind: ComponentKind, _ entry: ComponentEntry, _ index: Int
    ) {
        let name = "\(kind.fieldName).\(parameter.name)"
        guard let quantity = layout[name],
            let fault = fault([kind.fieldName, name], { Int($0[0]) == index && !parameter.range.contains($0[1]) })
        else { return }
        let demand = NumericField.demand(parameter.range, isInteger: parameter.isInteger)
        if quantity.isDefault, parameter.defaultsToRho {
            diagnostics.report(
                entry.place, name, "is the cell's rho where it is left out, and must be \(demand)\(fault.place)",
                value: brief(fault.values[1]), remedy: "give \(parameter.name) a value, or drop such cells with where")
        } else {
            diagnostics.report(
                place(name), name, "must be \(demand) for \(entry.description.name)\(fault.place)",
                value: brief(fault.values[1]), remedy: "use values that fit, or drop such cells with where")
        }
    }

    /// A relation between parameters, as the catalogue states it.
    private func check(_ constraint: String, _ kind: ComponentKind, _ entry: ComponentEntry, _ index: Int) {
        let parameters = entry.description.parameters
        let scope = ExpressionScope(numbers: parameters.map(\.name))
        guard let program = try? ProgramCompiler.compile(constraint, scope: scope, wantsCondition: true) else {
            preconditionFailure("the catalogue's constraint \(constraint) is not an expression")
        }
        let swept = program.names.filter { entry.given[$0] == nil && layout["\(kind.fieldName).\($0)"] != nil }
        let fixed = Dictionary(parameters.map { ($0.name, entry.given[$0.name] ?? $0.defaultValue ?? .nan) }) { $1 }
        /// A parameter's value, where those of `swept` follow the component in `values`.
        func value(_ name: String, _ values: some RandomAccessCollection<Double>) -> Double {
            guard let place = swept.firstIndex(of: name) else { return fixed[name] ?? .nan }
            return values[values.index(values.startIndex, offsetBy: place + 1)]
        }
        let fault = fault([kind.fieldName] + swept.map { "\(kind.fieldName).\($0)" }) { values in
            Int(values[0]) == index && program.value(program.names.map { value($0, values) }) == 0
        }
        guard let fault else { return }
        let found = program.names.map { "\($0) = \(brief(value($0, fault.values)))" }
        diagnostics.report(
            entry.place, kind.fieldName, "\(entry.description.name) needs \(constraint)\(fault.place)",
            value: found.joined(separator: ", "), remedy: "choose parameters that fit")
    }
}

extension LayoutChecks {
    /// Recorded steps must be reached by some cell, and a cell's trajectories must fit into memory.
    func checkCurves() {
        guard let curve = layout.spec.curve, let last = curve.steps.last else { return }
        checkReached(last)
        let bytes = curve.gatheredBytes(trials: layout.spec.trials, dimension: layout.largestDimension)
        guard bytes > Double(PlannedCurve.mostBytesPerCell) else { return }
        let numbers = curve.valuesPerStep(dimension: layout.largestDimension)
        diagnostics.report(
            layout.spec.curvePlace, "curves",
            "take \(Self.megabytes(bytes)) of memory for a cell, whose trials are held until the last has ended; "
                + "\(Self.megabytes(Double(PlannedCurve.mostBytesPerCell))) are the most",
            value: "\(counted(layout.spec.trials, "trial")) at \(counted(curve.steps.count, "step"))"
                + (numbers == curve.quantities.count ? "" : ", \(counted(numbers, "number")) each"),
            remedy: "record fewer steps or quantities, or run fewer trials per cell")
    }

    private func checkReached(_ last: Int) {
        guard fault(["steps"], { $0[0] >= Double(last) }) == nil else { return }
        var longest = 0.0
        _ = fault(["steps"]) { values in
            longest = max(longest, values[0])
            return false
        }
        diagnostics.report(
            layout.spec.curvePlace, "curves.at", "must not be beyond the last step, \(brief(longest))", value: "\(last)",
            remedy: "record steps from 0 to \(brief(longest))")
    }

    private static func megabytes(_ bytes: Double) -> String {
        bytes >= 1e9 ? "\((bytes / 1e8).rounded() / 10) GB" : "\(Int((bytes / 1e6).rounded())) MB"
    }
}
