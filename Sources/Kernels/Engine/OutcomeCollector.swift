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
    /// For each trajectory the numbers of a point as they are recorded; block norms in the place of coordinates are shown to
    /// nobody.
    private let curveWidths: [(recorded: Int, isShown: Bool)]

    /// - Parameter stateSize: numbers that a step advances.
    init(_ request: BlockRequest, statistics: [RecordedStatistic], quantities: [RecordedQuantity], stateSize: Int) {
        let rows = request.trialCount
        steps = request.trialClass.steps
        dimension = request.trialClass.dimension
        hasCoordinates = request.trialClass.method == .full
        curveSteps = request.trialClass.curve?.steps ?? []
        storages = statistics.map(\.storage)
        let dimension = request.trialClass.dimension
        let isFull = hasCoordinates
        curveWidths = quantities.map { ($0.width(dimension: stateSize), isFull || !$0.isPerCoordinate) }
        columns = OutcomeColumns(
            status: [UInt8](repeating: TrialStatus.missing.rawValue, count: rows),
            stepsTaken: [Int64](repeating: 0, count: rows),
            values: storages.map { storage in
                [Double](repeating: .nan, count: rows * storage.width(dimension: request.trialClass.dimension))
            },
            curves: quantities.map { quantity in
                let points = request.trialClass.curve?.steps.count ?? 0
                return [Double](repeating: .nan, count: rows * quantity.width(dimension: dimension) * points)
            })
    }

    /// - Parameter points: `[quantity][point][number]` of the slot.
    mutating func collect(curves points: UnsafePointer<Lanes>, _ slot: Slot, rows: [Int]) {
        for (lane, row) in rows.enumerated() where row >= 0 {
            let divergedAt = slot.divergedAt[lane]
            let reached = curveSteps.count { Double($0) < divergedAt }
            var first = 0
            for (q, (width, isShown)) in curveWidths.enumerated() {
                for k in 0..<(isShown ? reached * width : 0) {
                    columns.curves[q][row * curveSteps.count * width + k] = points[first + k][lane]
                }
                first += curveSteps.count * width
            }
        }
    }

    /// - Parameter x: the last iterate, or the mean recorded in its place.
    mutating func collect(_ slot: Slot, _ x: UnsafePointer<Lanes>, rows: [Int], values: [[Lanes]]) {
        for (lane, row) in rows.enumerated() where row >= 0 {
            let divergedAt = slot.divergedAt[lane]
            let hasDiverged = divergedAt < .infinity
            columns.status[row] = (hasDiverged ? TrialStatus.diverged : .finished).rawValue
            columns.stepsTaken[row] = hasDiverged ? Int64(divergedAt) : Int64(steps)
            for (s, storage) in storages.enumerated() {
                switch storage {
                case .float64: columns.values[s][row] = hasDiverged ? .nan : values[s][0][lane]
                case .int32: columns.values[s][row] = hasDiverged ? 0 : values[s][0][lane]
                case .float64PerCoordinate:
                    for j in 0..<dimension {
                        columns.values[s][row * dimension + j] =
                            hasDiverged || !hasCoordinates ? .nan : x[j][lane]
                    }
                case .float64Vector(let width):
                    for k in 0..<width { columns.values[s][row * width + k] = hasDiverged ? .nan : values[s][k][lane] }
                }
            }
        }
    }
}
