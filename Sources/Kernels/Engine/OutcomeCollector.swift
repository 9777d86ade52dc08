import TrialContract

/// Puts the lanes' results into the rows they belong to.
struct OutcomeCollector {
    private(set) var columns: OutcomeColumns
    private let steps: Int
    private let dimension: Int
    /// Whether the iterate's coordinates are there to be recorded.
    private let hasCoordinates: Bool
    private let curveSteps: [Int]
    private let storages: [StatisticStorage]

    init(_ request: BlockRequest, statistics: [RecordedStatistic]) {
        let rows = request.trialCount
        steps = request.trialClass.steps
        dimension = request.trialClass.dimension
        hasCoordinates = request.trialClass.method == .full
        curveSteps = request.trialClass.curve?.steps ?? []
        storages = statistics.map(\.storage)
        columns = OutcomeColumns(
            status: [UInt8](repeating: TrialStatus.missing.rawValue, count: rows),
            stepsTaken: [Int64](repeating: 0, count: rows),
            values: storages.map { storage in
                let width = storage == .float64PerCoordinate ? request.trialClass.dimension : 1
                return [Double](repeating: .nan, count: rows * width)
            },
            curves: (request.trialClass.curve?.quantities ?? []).map { _ in
                [Double](repeating: .nan, count: rows * (request.trialClass.curve?.steps.count ?? 0))
            })
    }

    /// - Parameter points: `[quantity][point]` of the slot.
    mutating func collect(curves points: UnsafePointer<Lanes>, _ slot: Slot, rows: [Int]) {
        for (lane, row) in rows.enumerated() where row >= 0 {
            let divergedAt = slot.divergedAt[lane]
            for q in columns.curves.indices {
                for (p, step) in curveSteps.enumerated() where Double(step) < divergedAt {
                    columns.curves[q][row * curveSteps.count + p] = points[q * curveSteps.count + p][lane]
                }
            }
        }
    }

    /// - Parameter x: the last iterate, or the mean recorded in its place.
    mutating func collect(_ slot: Slot, _ x: UnsafePointer<Lanes>, rows: [Int], values: [Lanes]) {
        for (lane, row) in rows.enumerated() where row >= 0 {
            let divergedAt = slot.divergedAt[lane]
            let hasDiverged = divergedAt < .infinity
            columns.status[row] = (hasDiverged ? TrialStatus.diverged : .finished).rawValue
            columns.stepsTaken[row] = hasDiverged ? Int64(divergedAt) : Int64(steps)
            for (s, storage) in storages.enumerated() {
                switch storage {
                case .float64: columns.values[s][row] = hasDiverged ? .nan : values[s][lane]
                case .int32: columns.values[s][row] = hasDiverged ? 0 : values[s][lane]
                case .float64PerCoordinate:
                    for j in 0..<dimension {
                        columns.values[s][row * dimension + j] =
                            hasDiverged || !hasCoordinates ? .nan : x[j][lane]
                    }
                }
            }
        }
    }
}
