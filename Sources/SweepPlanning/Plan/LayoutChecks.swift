import TrialContract

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
