import TrialContract

/// A kernel that also measures the last iterates of its trials.
///
/// Trials are the kernel's own, bit for bit. Measures are taken one trial after the other, in arithmetic that depends on nothing but
/// the iterate, so that they are the same for every cut, number of threads and instruction set, too.
package struct MeasuringKernel: TrialKernel {
    private let kernel: any TrialKernel

    package init(_ kernel: any TrialKernel) { self.kernel = kernel }

    package var instructionSet: InstructionSet { kernel.instructionSet }

    package func run(_ request: BlockRequest, stop: StopFlag) -> OutcomeColumns? {
        guard let work = MeasuredBlock(request) else { return kernel.run(request, stop: stop) }
        guard let columns = kernel.run(work.inner, stop: stop) else { return nil }
        let measured = work.measured(columns, kernel, stop)
        return measured.status.contains(TrialStatus.missing.rawValue) ? nil : measured
    }

    /// Trials that have ended when the flag is raised, and are not measured yet, begin anew.
    package func advance(
        _ request: BlockRequest, from states: [TrialState?], pausingAfter pause: Int?, stop: StopFlag
    ) throws -> BlockProgress {
        guard let work = MeasuredBlock(request) else {
            return try kernel.advance(request, from: states, pausingAfter: pause, stop: stop)
        }
        let progress = try kernel.advance(work.inner, from: states, pausingAfter: pause, stop: stop)
        return BlockProgress(columns: work.measured(progress.columns, kernel, stop), states: progress.states)
    }

    package func unitNoise(_ request: NoiseRequest) -> [Double] { kernel.unitNoise(request) }

    package func drawNormals(count: Int, precision: NoisePrecision, streamKey: UInt64) -> Double {
        kernel.drawNormals(count: count, precision: precision, streamKey: streamKey)
    }
}

extension MeasuringKernel: NoiseInspection {
    package func normals(u: [UInt64], v: [UInt64], precision: NoisePrecision) -> [Double] {
        guard let inspected = kernel as? any NoiseInspection else { preconditionFailure("all kernels show their normals") }
        return inspected.normals(u: u, v: v, precision: precision)
    }
}

/// A block with measures among its statistics.
private struct MeasuredBlock {
    let request: BlockRequest
    /// What the kernel is asked for: the statistics of its own, and the iterates.
    let inner: BlockRequest
    /// For each statistic its place among the kernel's; of a measure the place of what it asks for on the way.
    private let places: [(measure: (any IterateMeasure.Type)?, place: Int?)]
    private let iterate: Int

    /// `nil`: there are none.
    init?(_ request: BlockRequest) {
        self.request = request
        var trialClass = request.trialClass
        trialClass.statistics = []
        var places: [(measure: (any IterateMeasure.Type)?, place: Int?)] = []
        for name in request.trialClass.statistics {
            let isOwn = request.trialClass.definedStatistics.contains { $0.name == name }
            guard !isOwn, let measure = MeasureCatalogue.find(name) else {
                places.append((nil, trialClass.statistics.count))
                trialClass.statistics.append(name)
                continue
            }
            guard trialClass.method == .full, let own = measure.onTheWay(dimension: trialClass.dimension) else {
                places.append((measure, nil))
                continue
            }
            places.append((measure, trialClass.statistics.count))
            trialClass.statistics.append(name)
            trialClass.definedStatistics.append(own)
        }
        guard places.contains(where: { $0.measure != nil }) else { return nil }
        iterate = trialClass.statistics.firstIndex(of: "iterate") ?? trialClass.statistics.count
        // Block norms have no coordinates; nothing is measured of them.
        if iterate == trialClass.statistics.count, trialClass.method == .full { trialClass.statistics.append("iterate") }
        self.places = places
        inner = BlockRequest(trialClass: trialClass, cells: request.cells, trials: request.trials)
    }

    /// The outcomes with the measures of finished trials. Those that are not measured before the flag is raised are missing.
    func measured(_ columns: OutcomeColumns, _ kernel: any TrialKernel, _ stop: StopFlag) -> OutcomeColumns {
        var result = columns
        let rows = request.trialCount, d = request.trialClass.dimension
        result.values = places.map { measure, place in
            measure == nil ? place.map { columns.values[$0] } ?? [] : [Double](repeating: .nan, count: rows)
        }
        guard request.trialClass.method == .full else { return result }
        for row in 0..<rows where columns.status[row] == TrialStatus.finished.rawValue {
            let x = Array(columns.values[iterate][row * d..<(row + 1) * d])
            let point = MeasuredPoint(
                x, kernel: kernel, trialClass: request.trialClass, cell: request.cells[row / request.trials.count], stop: stop)
            do {
                for (s, part) in places.enumerated() {
                    guard let measure = part.measure else { continue }
                    point.onTheWay = part.place.map { columns.values[$0][row] } ?? .nan
                    let value = try measure.value(point)
                    // One bit pattern for all that is not a number.
                    result.values[s][row] = value.isNaN ? .nan : value
                }
            } catch {
                forget(row, &result)
            }
        }
        return result
    }

    /// Makes a trial one that has not begun.
    private func forget(_ row: Int, _ result: inout OutcomeColumns) {
        result.status[row] = TrialStatus.missing.rawValue
        result.stepsTaken[row] = 0
        for column in result.values.indices {
            let width = result.values[column].count / request.trialCount
            for place in row * width..<(row + 1) * width { result.values[column][place] = .nan }
        }
        for column in result.curves.indices {
            let width = result.curves[column].count / request.trialCount
            for place in row * width..<(row + 1) * width { result.curves[column][place] = .nan }
        }
    }
}
