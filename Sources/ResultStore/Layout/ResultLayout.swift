import TrialContract

/// What a result file's datasets are, without their values: follows from the plan alone, and is read back from files.
struct ResultLayout: Sendable, Equatable {
    let dimensions: [GridDimension]
    let auxiliaryCoordinates: [AuxiliaryCoordinate]
    let fixedParameters: [FixedParameter]
    /// Trials per cell.
    let trials: Int
    /// The length of `coordinate`; `nil` where no variable has it.
    let coordinates: Int?
    /// The statistics in the sweep file's order.
    let statistics: [TrialVariable]
    /// `nil` where no trajectories are recorded.
    var curve: CurveLayout?
    /// The rows that the file holds; `nil` for all of them.
    var part: StoredPart?

    var cellCount: Int { dimensions.reduce(1) { $0 * $1.count } }
    var rowCount: Int { cellCount * trials }
    /// The statistics, `status` and `steps_taken`, in the order of the file.
    var variables: [TrialVariable] { statistics + [.status, .stepsTaken] }
    /// Bytes of all variables' stored rows, and of the trajectories.
    var byteCount: Int {
        storedRowCount * variables.reduce(0) { $0 + $1.rowBytes } + (curve.map { storedCellCount * $0.bytesPerCell } ?? 0)
    }

    /// Tiles of each variable; the last one may be shorter.
    var tileCount: Int { (storedRowCount + Self.rowsPerTile - 1) / Self.rowsPerTile }

    /// The same, with the coordinates' memory shared with another layout of the same sweep.
    func sharingCoordinates(with other: ResultLayout) -> ResultLayout {
        ResultLayout(
            dimensions: dimensions == other.dimensions ? other.dimensions : dimensions,
            auxiliaryCoordinates: auxiliaryCoordinates == other.auxiliaryCoordinates ? other.auxiliaryCoordinates : auxiliaryCoordinates,
            fixedParameters: fixedParameters == other.fixedParameters ? other.fixedParameters : fixedParameters,
            trials: trials, coordinates: coordinates, statistics: statistics, curve: curve, part: part)
    }

    /// Whether it has a statistic: by name and, where a sweep has defined it, by its text.
    func records(_ statistic: TrialVariable) -> Bool {
        statistics.contains { $0.name == statistic.name && $0.isComputed(as: statistic) }
    }

    /// The dimensions of vectors that the sweep defines, each once, with their lengths.
    var vectorDimensions: [(name: String, length: Int)] {
        let all = statistics.compactMap { variable in variable.innerDimension.map { (name: $0, length: variable.width) } }
            + (curve?.quantities ?? []).compactMap(\.inner)
        var seen: Set = [Self.coordinateName]
        return all.filter { seen.insert($0.name).inserted }
    }

    /// The lengths of a variable's dimensions.
    func lengths(of variable: TrialVariable) -> [Int] {
        dimensions.map(\.count) + [trials] + (variable.innerDimension.map { _ in [variable.width] } ?? [])
    }

    func dimensionNames(of variable: TrialVariable) -> [String] {
        dimensions.map(\.name) + [rowName] + (variable.innerDimension.map { [$0] } ?? [])
    }

    /// The last dimension: `trial`, or `block` in a result that keeps summaries of blocks of trials.
    var rowName: String { trialsPerBlock == nil ? Self.trialName : Self.blockName }

    /// How many trials a row summarises; `nil` where it is one trial.
    var trialsPerBlock: Int? {
        guard let stored = fixedParameters.first(where: { $0.name == Self.trialsPerBlockName }),
            case .integers(let numbers) = stored.value, numbers.count == 1
        else { return nil }
        return numbers[0]
    }

    /// What a variable is called for people.
    func longName(of variable: TrialVariable) -> String {
        guard trialsPerBlock != nil else { return variable.longName }
        return switch variable.name {
        case TrialVariable.statusName: "what became of the block's trials; diverged: all of them"
        case TrialVariable.stepsTakenName: "steps taken by the block's trials, summed"
        default: variable.longName
        }
    }

    static let trialName = "trial"
    static let blockName = "block"
    /// The parameter by which a result is known for one of summaries.
    static let trialsPerBlockName = "trials_per_block"
    static let coordinateName = "coordinate"
    static let sweepName = "sweep"
    /// Of the group: where the sweep was read from, and the `--set` arguments.
    static let sweepFileName = "sweep_file"
    static let overridesName = "overrides"
    /// Of a dimension: whether it has values of its own or positions in a zip.
    static let kindName = "kind"
    /// What only the program needs.
    static let groupName = "samsweep"
    /// Up to so many trials per cell their numbers are not worth packing.
    static let mostPlainTrialNumbers = 4096
    /// Where a file that holds a part of the sweep has its rows, one after the other.
    static let partName = "samsweep/part"
    /// Of each box of them the first cell, the number of cells, the first trial and the number of trials.
    static let partBoxesPath = "samsweep/part_boxes"
    /// Of the group: 1 where what is not in the boxes is not asked for, rather than in other files.
    static let partIsAllName = "part_is_all_asked"
    /// What each round decided, where numbers of trials were decided in rounds.
    static let roundsPath = "samsweep/rounds"
    /// The same for programs, with what each round asked for; bytes, see `RoundLog`.
    static let roundLogPath = "samsweep/round_log"
    /// Far more than growing by a tenth in each can be.
    static let mostRounds = 4096
    static let tileChecksumPath = "samsweep/checksums"
    static let fixedChecksumPath = "samsweep/fixed_checksum"
    static let contentChecksumPath = "samsweep/content_checksum"
    static let coreChecksumPath = "samsweep/core_checksum"
    static let checksumPaths: Set = [
        tileChecksumPath, fixedChecksumPath, contentChecksumPath, coreChecksumPath, CurveLayout.checksumPath,
    ]
    /// Stored rows of a variable that share a checksum.
    static let rowsPerTile = 1024
    /// Rows of a file; more are taken for damage.
    static let mostRows = 1 << 40
    /// The version of this layout.
    static let format = 1
}

extension ResultLayout {
    init(_ plan: any SweepPlan) {
        dimensions = plan.dimensions
        auxiliaryCoordinates = plan.auxiliaryCoordinates
        fixedParameters = plan.fixedParameters
        trials = plan.trials
        statistics = plan.statistics.map { TrialVariable($0, coordinates: plan.largestDimension) }
        curve = plan.curve.map { CurveLayout($0, coordinates: plan.largestDimension) }
        let hasVectors = statistics.contains(where: \.isPerCoordinate) || fixedParameters.contains(where: \.isVector)
            || curve?.quantities.contains { $0.inner?.name == Self.coordinateName } ?? false
        coordinates = hasVectors ? plan.largestDimension : nil
    }
}

extension ResultLayout {
    /// How many gradients a step takes, row-major over some dimensions; `nil` in files from before that was stored.
    var gradientsPerStep: (dimensions: [String], counts: [Double])? {
        if let stored = auxiliaryCoordinates.first(where: { $0.name == GradientCount.name }),
            case .numbers(let counts) = stored.values {
            return (stored.dimensions, counts)
        }
        if let stored = fixedParameters.first(where: { $0.name == GradientCount.name }), case .numbers(let counts) = stored.value {
            return ([], counts)
        }
        return nil
    }
}

extension FixedParameter {
    /// Whether it has a value for each coordinate.
    var isVector: Bool { value.count > 1 }
}
