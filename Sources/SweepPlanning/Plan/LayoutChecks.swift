import TrialContract

/// What must hold between fields, looked at over the dimensions that are concerned.
struct LayoutChecks {
    let layout: Layout
    let diagnostics: Diagnostics

    init(_ layout: Layout, diagnostics: Diagnostics) {
        self.layout = layout
        self.diagnostics = diagnostics
    }

    /// Throws everything that does not fit together.
    func run() throws {
        checkSpectrum()
        checkStart()
        checkNoise()
        checkScalesOfRho()
        try diagnostics.throwIfAny()
    }

    /// The first combination along some quantities that a test finds fault with.
    private func first(_ names: [String], where isWrong: ([Int]) -> Bool) -> [Int]? {
        let dimensions = names.compactMap { layout[$0]?.dimensions }.union()
        return Combinations(layout.grid, over: dimensions).first(where: isWrong)
    }

    private func place(_ name: String) -> SourcePlace { layout.spec.numbers[name]?.place ?? .whole }

    private func checkSpectrum() {
        for (index, entry) in (layout.spec.choices[.problem]?.entries ?? []).enumerated() {
            guard case .blocks(_, let place)? = entry.spectrum, let count = entry.spectrum?.count else { continue }
            let wrong = first(["problem", "dimension"]) {
                Int(layout.value("problem", at: $0)) == index && Int(layout.value("dimension", at: $0)) != count
            }
            guard let wrong else { continue }
            let dimension = Int(layout.value("dimension", at: wrong))
            diagnostics.report(
                layout.spec.numbers["dimension"]?.place ?? place, "dimension",
                "\(count) eigenvalues are given", value: "dimension \(dimension)",
                remedy: "leave dimension out, or give a number or a range without count as eigenvalues")
        }
    }

    private func checkStart() {
        switch layout.spec.start {
        case .vector(let values, let place):
            let wrong = first(["dimension"]) { Int(layout.value("dimension", at: $0)) != values.count }
            guard let wrong else { return }
            let dimension = Int(layout.value("dimension", at: wrong))
            diagnostics.report(
                place, "start.vector", "has \(values.count) coordinates", value: "dimension \(dimension)",
                remedy: "give \(dimension) values, or start: {radius: ...}, which fits any dimension")
        case .blocks(let norms, let place):
            for entry in layout.spec.choices[.problem]?.entries ?? [] {
                guard let blocks = blockCount(entry), blocks != norms.count else { continue }
                diagnostics.report(
                    place, "start.blocks", "has \(norms.count) norms", value: "\(blocks) blocks of eigenvalues",
                    remedy: "give one norm for each entry of eigenvalues")
            }
        case .radius, .sphere: return
        }
    }

    /// `nil` where the number of blocks is the dimension and changes with it.
    private func blockCount(_ entry: ComponentEntry) -> Int? {
        switch entry.spectrum {
        case .blocks(let blocks, _)?: return blocks.count
        case .spread?:
            let dimensions = Set(layout["dimension"].map(values) ?? [])
            return dimensions.count == 1 ? Int(dimensions.first ?? 1) : nil
        case .uniform?, nil: return 1
        }
    }

    private func values(_ quantity: Quantity) -> [Double] {
        guard case .table(let values) = quantity.values else { return [] }
        return values
    }

    private func checkNoise() {
        let noiseless = first(["noise_model", "noise"]) {
            layout.entry(.noiseModel, at: $0).description.name == "none" && layout.value("noise", at: $0) > 0
        }
        if let noiseless {
            diagnostics.report(
                place("noise"), "noise", "noise_model is none, so noise must be 0",
                value: brief(layout.value("noise", at: noiseless)), remedy: "set noise to 0 or choose a noise model")
        }
        for kind in [ComponentKind.problem, .noiseModel, .optimizer] { checkDimension(kind) }
        for statistic in layout.spec.record {
            guard let most = statistic.maximumDimension, layout.largestDimension > most else { continue }
            diagnostics.report(
                .whole, "record", "\(statistic.name) is for at most \(most) dimensions",
                value: "dimension \(layout.largestDimension)", remedy: "remove it from record or lower dimension")
        }
    }

    private func checkDimension(_ kind: ComponentKind) {
        let wrong = first([kind.fieldName, "dimension"]) {
            layout.value("dimension", at: $0) > Double(layout.entry(kind, at: $0).description.maximumDimension ?? .max)
        }
        guard let wrong else { return }
        let entry = layout.entry(kind, at: wrong)
        diagnostics.report(
            entry.place, kind.fieldName,
            "\(entry.description.name) is for at most \(entry.description.maximumDimension ?? 1) dimensions",
            value: "dimension \(Int(layout.value("dimension", at: wrong)))", remedy: "choose another or lower dimension")
    }

    private func checkScalesOfRho() {
        for entry in layout.spec.choices[.problem]?.entries ?? [] {
            for parameter in entry.description.parameters where parameter.defaultsToRho {
                let name = "problem.\(parameter.name)"
                guard let quantity = layout[name], quantity.isDefault,
                    let wrong = values(quantity).first(where: { !parameter.range.contains($0) })
                else { continue }
                diagnostics.report(
                    entry.place, name, "is the cell's rho where it is left out, and rho is \(brief(wrong)) in some cells",
                    remedy: "give \(parameter.name) a value, or remove rho = \(brief(wrong))")
            }
        }
    }
}
