import TrialContract

/// Adds up what a plan's cells will cost, over the few dimensions that matter.
struct Estimator {
    private static let sampleSize = 65_536

    let layout: Layout
    /// By optimizer: vectors of noise for a step.
    let noiseVectors: [String: Int]

    /// Sums over kept cells, each standing for as many as differ from it only in what does not matter.
    private struct Sums {
        var cells = 0.0
        var coordinateSteps = 0.0
        var draws = 0.0
        /// Draws with every class counted once.
        var classDraws = 0.0
    }

    func estimate() -> PlanEstimate {
        let cells = layout.grid.combinations(Array(layout.grid.dimensions.indices)) ?? 0
        let (sums, note) = sums(cells: Double(cells))
        let trials = Double(layout.spec.trials)
        let included = min(cells, Int(sums.cells.rounded()))
        let bytes = bytesPerTrial
        return PlanEstimate(
            includedCells: included, excludedCells: cells - included, trials: included * layout.spec.trials,
            coordinateSteps: sums.coordinateSteps * trials, noiseDraws: sums.draws * trials,
            sharedNoiseDraws: (layout.spec.usesCommonRandomNumbers ? min(sums.classDraws, sums.draws) : sums.draws) * trials,
            bytesPerTrial: bytes, resultBytes: Double(cells) * trials * Double(bytes),
            largestDimension: layout.largestDimension, isSampled: !note.isEmpty, samplingNote: note)
    }

    /// A byte of status, eight of steps taken, and the recorded quantities.
    private var bytesPerTrial: Int {
        layout.spec.record.reduce(9) { sum, statistic in
            switch statistic.storage {
            case .float64: sum + 8
            case .int32: sum + 4
            case .float64PerCoordinate: sum + 8 * layout.largestDimension
            }
        }
    }

    private static let names = ["steps", "dimension", "optimizer", "noise_model"]

    private func sums(cells: Double) -> (Sums, String) {
        let inputs = Self.names.compactMap { layout.place(of: $0) }
        let costs = inputs.map { layout.quantities[$0].dimensions }.union()
        let classes = ClassBuilder(layout).dimensions
        let condition = layout.condition?.dimensions ?? []
        // With a condition a class counts if any of its cells is kept; without, all classes do.
        let exact = layout.condition == nil ? costs : [costs, condition, classes].union()
        let scan = GridScan(layout, inputs, over: exact)
        if let count = scan.count, count <= Layout.mostCombinations {
            return (scanned(scan, each: cells / Double(count), classes: classes, costs: costs), "")
        }
        let coupled = [costs, condition].union()
        let short = GridScan(layout, inputs, over: coupled)
        if let count = short.count, count <= Layout.mostCombinations {
            var sums = scanned(short, each: cells / Double(count), classes: [], costs: costs)
            sums.classDraws = sums.draws
            return (sums, "")
        }
        return (sampled(short, cells: cells, coupled), note(coupled))
    }

    private func scanned(_ scan: GridScan, each: Double, classes: [Int], costs: [Int]) -> Sums {
        var sums = Sums()
        var seen: Set<Int> = []
        let hasCondition = layout.condition != nil
        let classesEach = hasCondition ? 1 : Double(layout.grid.combinations(classes) ?? 1) / Double(scan.count ?? 1)
        scan.forEach { digits, values in
            guard layout.isIncluded(digits) else { return true }
            let draws = add(values, each, &sums)
            if !hasCondition {
                sums.classDraws += draws * classesEach
            } else if !classes.isEmpty, seen.insert(layout.place(digits, over: classes)).inserted {
                sums.classDraws += draws
            }
            return true
        }
        return sums
    }

    /// Adds a combination that stands for `each` cells; returns the draws of one trial of one of them.
    private func add(_ values: UnsafeBufferPointer<Double>, _ each: Double, _ sums: inout Sums) -> Double {
        let work = values[0] * values[1]
        let draws = work * vectors(optimizer: Int(values[2]), noiseModel: Int(values[3]))
        sums.cells += each
        sums.coordinateSteps += each * work
        sums.draws += each * draws
        return draws
    }

    private func vectors(optimizer: Int, noiseModel: Int) -> Double {
        guard let optimizers = layout.spec.choices[.optimizer]?.entries,
            let models = layout.spec.choices[.noiseModel]?.entries, models[noiseModel].description.name != "none"
        else { return 0 }
        return Double(noiseVectors[optimizers[optimizer].description.name] ?? 1)
    }

    private func sampled(_ scan: GridScan, cells: Double, _ dimensions: [Int]) -> Sums {
        var sums = Sums()
        scan.sampleDigits(Self.sampleSize) { digits, values in
            let isFinite = values[0].isFinite && values[1].isFinite
            if isFinite, layout.isIncluded(digits) { _ = add(values, cells / Double(Self.sampleSize), &sums) }
        }
        sums.classDraws = sums.draws
        return sums
    }

    private func note(_ dimensions: [Int]) -> String {
        let names = dimensions.map { layout.grid.dimensions[$0].name }.joined(separator: ", ")
        return "where or derive couples \(names): more than \(Layout.mostCombinations) combinations, so \(Self.sampleSize) "
            + "of them were looked at and the numbers are estimates"
    }
}
