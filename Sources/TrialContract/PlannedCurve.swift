/// The trajectories that a sweep records: at which steps, and what.
///
/// What is kept of them is a `CurveSummary` over all trials of a cell, so a cell's values are held in memory until its last
/// trial has ended.
public struct PlannedCurve: Sendable, Equatable {
    /// Recorded iterates x_t: ascending values of t >= 0, each once; the `step` dimension of a result. A cell of fewer
    /// steps has no value at later ones.
    public let steps: [Int]
    /// Catalogue members of the kind `curveQuantity` and statistics that the sweep defines, at least one.
    public var quantities: [ComponentDescription]

    /// The most recorded steps: a kernel holds the trajectories of the trials it works on.
    public static let mostSteps = 100_000
    /// The most bytes of memory that the trajectories of one cell may take.
    public static let mostBytesPerCell = 1 << 28

    public init(steps: [Int], quantities: [ComponentDescription]) {
        precondition(!steps.isEmpty && !quantities.isEmpty && zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 })
        self.steps = steps
        self.quantities = quantities
    }

    /// What a kernel records of trials of T steps.
    public func request(steps: Int) -> CurveRequest {
        CurveRequest(steps: self.steps.filter { $0 <= steps }, quantities: quantities.map(\.name))
    }

    /// The numbers of a trial at a step.
    ///
    /// - Parameter dimension: the largest of any cell, as in the following.
    public func valuesPerStep(dimension: Int) -> Int { quantities.reduce(0) { $0 + $1.storage.width(dimension: dimension) } }

    /// Bytes of memory for the trajectories of a cell's trials.
    public func gatheredBytes(trials: Int, dimension: Int) -> Double {
        Double(trials) * Double(8 * steps.count * valuesPerStep(dimension: dimension))
    }

    /// Bytes that a result stores for a cell: the numbers of each summary, and a checksum.
    public func storedBytesPerCell(dimension: Int) -> Int {
        8 + 8 * steps.count * valuesPerStep(dimension: dimension) * CurveSummary.numberCount
    }
}
