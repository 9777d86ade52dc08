import TrialContract

/// What to fit, as the command line gives it.
package struct FitRequest: Sendable, Equatable {
    /// A recorded statistic, `distance_squared`, or `excess` and `excess_NAME`: its excess over `against` = 0, trial
    /// by trial.
    package var response: String
    /// The abscissa: a numeric dimension, or a zipped or derived quantity.
    package var against: String
    /// Dimensions that tell groups apart; `nil`: every one that the abscissa does not depend on.
    package var by: [String]?
    package var options: FitOptions

    package init(
        response: String = "distance_squared", against: String = "rho", by: [String]? = nil,
        options: FitOptions = FitOptions()
    ) {
        self.response = response
        self.against = against
        self.by = by
        self.options = options
    }
}

/// A fit of every group of a result. Groups are read and fitted batch by batch: memory does not grow with the result.
package struct FitSession<Columns: TrialColumns> {
    private let reader: TableReader<Columns>
    private let options: FitOptions
    /// Bytes of responses that are held at a time, unless one group alone has more.
    private let batchBytes = 32 << 20

    /// Throws `ScalingFitsError` where the request fits nothing in this result.
    package init(_ columns: Columns, request: FitRequest) throws {
        try request.options.validated()
        let response = try Response(named: request.response, recorded: columns.statistics)
        let grouping = try Grouping(
            dimensions: columns.dimensions, dependent: columns.dependentCoordinates, against: request.against,
            by: request.by)
        if response.isExcess { try Response.requireOrigin(grouping.abscissae, of: request.against) }
        reader = TableReader(columns: columns, grouping: grouping, response: response)
        options = request.options
    }

    /// The dimensions that tell groups apart.
    package var groupDimensions: [GridDimension] {
        reader.grouping.by.map { reader.grouping.dimensions[$0] }
    }

    package var groupCount: Int { reader.grouping.groupCount }

    /// Dimensions of several values over which groups run without telling them apart.
    package var pooledDimensions: [String] { reader.grouping.pooled }

    /// The tables of some groups, numbered row-major over the dimensions of `by`.
    package func tables(groups: Range<Int>) throws -> [ResponseTable] {
        try reader.tables(groups: groups)
    }

    /// Calls `body` with the tables of all groups, batch by batch in the groups' order.
    package func forEachBatch(_ body: ([ResponseTable]) throws -> Void) throws {
        let bytes = max(1, reader.grouping.cellsPerGroup * reader.columns.trials * MemoryLayout<Double>.size)
        let length = max(1, batchBytes / bytes)
        for start in stride(from: 0, to: groupCount, by: length) {
            try body(try tables(groups: start..<min(start + length, groupCount)))
        }
    }

    /// Fits every group; outcomes come in the groups' order, tests corrected for all of them.
    ///
    /// - Parameter threads: workers, at least 1; `nil`: one per core.
    package func outcomes(threads: Int? = nil) throws -> [FitOutcome] {
        let fitter = try ScalingFitter(options: options)
        var outcomes: [FitOutcome] = []
        try forEachBatch { outcomes += fitter.fit($0, threads: threads) }
        return Multiplicity.corrected(outcomes)
    }
}
