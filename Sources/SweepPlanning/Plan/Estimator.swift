import TrialContract
import TrialSummaries

/// Adds up what a plan's cells will cost.
///
/// What a cell costs depends on few dimensions, whether it is kept on few others. So kept cells are counted first, for
/// each position along the dimensions that both have in common, and the costs are then weighted with these counts:
/// neither step looks at more combinations than there are along its own dimensions.
struct Estimator {
    private static let names = ["steps", "dimension", "optimizer", "noise_model"]

    let layout: Layout
    private let inputs: [Int]
    private let costs: [Int]
    private let cells: Double

    init(layout: Layout) {
        self.layout = layout
        inputs = Self.names.compactMap { layout.place(of: $0) }
        costs = inputs.map { layout.quantities[$0].dimensions }.union()
        cells = Double(layout.grid.combinations(Array(layout.grid.dimensions.indices)) ?? 0)
    }

    /// Sums over the kept cells, for one trial each.
    private struct Sums {
        var cells = 0.0
        var coordinateSteps = 0.0
        var draws = 0.0
        /// Draws with every class counted once.
        var classDraws = 0.0
    }

    func estimate() -> PlanEstimate {
        let exact = exactSums()
        let sums = exact ?? sampledSums()
        let trials = Double(layout.spec.trials)
        let included = Int(min(cells, sums.cells.rounded()))
        let shared = layout.spec.usesCommonRandomNumbers ? min(sums.classDraws, sums.draws) : sums.draws
        let bytes = bytesPerRow
        let rows = Double(layout.summaryBlocks?.count ?? layout.spec.trials)
        return PlanEstimate(
            includedCells: included, excludedCells: Int(cells) - included, trials: included * layout.spec.trials,
            coordinateSteps: sums.coordinateSteps * trials, noiseDraws: sums.draws * trials,
            sharedNoiseDraws: shared * trials, bytesPerTrial: bytes,
            resultBytes: cells * (rows * Double(bytes) + Double(layout.spec.curve?.storedBytesPerCell(dimension: layout.largestDimension) ?? 0)),
            largestDimension: layout.largestDimension, isSampled: exact == nil, samplingNote: exact == nil ? note : "")
    }

    /// A byte of status, eight of steps taken, and the recorded quantities, of a trial or of a block.
    private var bytesPerRow: Int {
        let stored = layout.summaryBlocks == nil ? layout.spec.record : SummaryColumn.descriptions(of: layout.spec.record)
        return stored.reduce(9) { sum, statistic in
            switch statistic.storage {
            case .int32: sum + 4
            default: sum + 8 * statistic.storage.width(dimension: layout.largestDimension)
            }
        }
    }

    /// `nil` where there is too much to look at.
    private func exactSums() -> Sums? {
        guard let kept = keptCounts(of: costs), var sums = sums(over: costs, kept.counts, each: cells / kept.all) else {
            return nil
        }
        // A class counts as a whole if any of its cells is kept.
        let classes = ClassBuilder(layout).dimensions
        let classCount = Double(layout.grid.combinations(classes) ?? 1)
        let deciding = (layout.condition?.dimensions ?? []).filter { classes.contains($0) }
        let over = [costs, deciding].union()
        if let flags = keptCounts(of: over)?.counts.map({ $0 > 0 ? 1.0 : 0 }),
            let classSums = self.sums(over: over, flags, each: classCount / Double(flags.count)) {
            sums.classDraws = classSums.draws
        } else {
            sums.classDraws = sums.draws
        }
        return sums
    }

    /// For each position along `dimensions`, row-major: how many positions along the other dimensions of `where` are
    /// kept; and how many there are for all of them together. `nil` where there are too many.
    private func keptCounts(of dimensions: [Int]) -> (counts: [Double], all: Double)? {
        guard let count = layout.grid.combinations(dimensions), count <= Layout.mostCombinations else { return nil }
        guard let condition = layout.condition else { return ([Double](repeating: 1, count: count), Double(count)) }
        guard let table = condition.table else { return nil }
        let common = condition.dimensions.filter { dimensions.contains($0) }
        let commonCount = layout.grid.combinations(common) ?? 1
        var kept = [Double](repeating: 0, count: commonCount)
        var place = 0
        GridScan(layout, [], over: condition.dimensions).forEach { digits, _ in
            if table[place] { kept[layout.place(digits, over: common)] += 1 }
            place += 1
            return true
        }
        var counts: [Double] = []
        counts.reserveCapacity(count)
        GridScan(layout, [], over: dimensions).forEach { digits, _ in
            counts.append(kept[layout.place(digits, over: common)])
            return true
        }
        return (counts, Double(count) * Double(table.count / commonCount))
    }

    /// Sums over combinations, each standing for `weights` times `each` cells or classes.
    private func sums(over dimensions: [Int], _ weights: [Double], each: Double) -> Sums? {
        let scan = GridScan(layout, inputs, over: dimensions)
        var sums = Sums()
        var place = 0
        scan.forEach { _, values in
            if weights[place] > 0 { add(values, weights[place] * each, &sums) }
            place += 1
            return true
        }
        return sums
    }

    /// Adds a combination that stands for `each` cells.
    private func add(_ values: UnsafeBufferPointer<Double>, _ each: Double, _ sums: inout Sums) {
        let work = values[0] * values[1]
        sums.cells += each
        sums.coordinateSteps += each * work
        sums.draws += each * work * vectors(optimizer: Int(values[2]), noiseModel: Int(values[3]))
    }

    private func vectors(optimizer: Int, noiseModel: Int) -> Double {
        guard let optimizers = layout.spec.choices[.optimizer]?.entries,
            let models = layout.spec.choices[.noiseModel]?.entries, models[noiseModel].description.name != "none"
        else { return 0 }
        return Double(layout.spec.catalogue.noiseVectorsPerStep[optimizers[optimizer].description.name] ?? 1)
    }

    /// The dimensions a sample is drawn from.
    private var coupled: [Int] { [costs, layout.condition?.dimensions ?? []].union() }

    private func sampledSums() -> Sums {
        var sums = Sums()
        let size = layout.sampleSize
        GridScan(layout, inputs, over: coupled).sampleDigits(size) { digits, values in
            let isFinite = values[0].isFinite && values[1].isFinite
            if isFinite, layout.isIncluded(digits) { add(values, cells / Double(size), &sums) }
        }
        sums.classDraws = sums.draws
        return sums
    }

    private var note: String {
        let names = coupled.map { layout.grid.dimensions[$0].name }.joined(separator: ", ")
        let count = layout.grid.combinations(coupled).map { "\($0)" } ?? "more than 2^53"
        return "where or derive couples \(names) (\(count) combinations): \(layout.sampleSize) of them were looked at, "
            + "and the numbers are estimates"
    }
}
