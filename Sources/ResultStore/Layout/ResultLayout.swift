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

    var cellCount: Int { dimensions.reduce(1) { $0 * $1.count } }
    var rowCount: Int { cellCount * trials }
    /// The statistics, `status` and `steps_taken`, in the order of the file.
    var variables: [TrialVariable] { statistics + [.status, .stepsTaken] }
    /// Bytes of all variables' rows, and of the trajectories.
    var byteCount: Int {
        rowCount * variables.reduce(0) { $0 + $1.rowBytes } + cellCount * (curve?.bytesPerCell ?? 0)
    }

    /// Tiles of each variable; the last one may be shorter.
    var tileCount: Int { (rowCount + Self.rowsPerTile - 1) / Self.rowsPerTile }

    /// The lengths of a variable's dimensions.
    func lengths(of variable: TrialVariable) -> [Int] {
        dimensions.map(\.count) + [trials] + (variable.isPerCoordinate ? [variable.width] : [])
    }

    func dimensionNames(of variable: TrialVariable) -> [String] {
        dimensions.map(\.name) + [Self.trialName] + (variable.isPerCoordinate ? [Self.coordinateName] : [])
    }

    static let trialName = "trial"
    static let coordinateName = "coordinate"
    static let sweepName = "sweep"
    /// Of the group: where the sweep was read from, and the `--set` arguments.
    static let sweepFileName = "sweep_file"
    static let overridesName = "overrides"
    /// Of a dimension: whether it has values of its own or positions in a zip.
    static let kindName = "kind"
    /// What only the program needs.
    static let groupName = "samsweep"
    static let tileChecksumPath = "samsweep/checksums"
    static let fixedChecksumPath = "samsweep/fixed_checksum"
    static let contentChecksumPath = "samsweep/content_checksum"
    static let coreChecksumPath = "samsweep/core_checksum"
    static let checksumPaths: Set = [
        tileChecksumPath, fixedChecksumPath, contentChecksumPath, coreChecksumPath, CurveLayout.checksumPath,
    ]
    /// Rows of a variable that share a checksum.
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
        let hasVectors = statistics.contains(where: \.isPerCoordinate) || fixedParameters.contains(where: \.isVector)
        coordinates = hasVectors ? plan.largestDimension : nil
        curve = plan.curve.map { CurveLayout($0) }
    }
}

extension FixedParameter {
    /// Whether it has a value for each coordinate.
    var isVector: Bool { value.count > 1 }
}
