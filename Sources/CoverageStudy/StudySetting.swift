import ScalingFits

/// One line of the study: a law, a scatter, a correlation and a number of trials.
package struct StudySetting: Sendable {
    package var law: KnownLaw
    package var shape: ScatterShape
    package var numbers: SharedNumbers
    package var trials: Int

    package init(law: KnownLaw, shape: ScatterShape, numbers: SharedNumbers, trials: Int) {
        (self.law, self.shape, self.numbers, self.trials) = (law, shape, numbers, trials)
    }

    package var name: String { "\(law.name) \(shape.rawValue) \(numbers.rawValue) \(trials)" }
}

/// What `fit` says of sweeps whose law is known.
package struct StudyResult: Sendable {
    package private(set) var sweeps = 0
    /// Sweeps by what was said: a model's name, `no law`, or `NAME in a window`.
    package private(set) var said: [String: Int] = [:]
    /// Laws that say more than is true: another law of as many parameters or more on all points, without the true one being
    /// named as describing them as well.
    package private(set) var added = 0
    /// Printed laws that lie further than 4.5 standard errors of a mean from the true curve, somewhere in the window; standard
    /// errors as they are, not as they are estimated.
    package private(set) var misleading = 0
    /// The same with the printed standard errors.
    package private(set) var misleadingAsPrinted = 0
    /// Laws further than that from a measured mean.
    package private(set) var offPoints = 0
    /// Per parameter of the true model, where it was chosen on all points: intervals and those that contain the truth.
    package private(set) var intervals: [(printed: Int, hits: Int)]
    /// Sweeps in which the true model was chosen on all points.
    package private(set) var found = 0
    /// Intervals of local exponents, and those that contain the true slope.
    package private(set) var locals = (printed: 0, hits: 0)
    /// Intervals of the crossing of the value at zero, and those that contain the true one.
    package private(set) var crossings = (printed: 0, hits: 0)

    package init(_ setting: StudySetting, sweeps range: Range<Int>, resamples: Int) throws {
        let law = setting.law
        intervals = law.truth.map { _ in (0, 0) }
        let sweep = SyntheticSweep(law, trials: setting.trials, numbers: setting.numbers, shape: setting.shape)
        let fitter = try ScalingFitter(options: FitOptions(bootstrapResamples: resamples))
        for seed in range {
            guard case .fit(let fit) = fitter.fit([sweep.table(seed: UInt32(seed))], threads: 1)[0] else { continue }
            add(fit, law, sweep)
        }
    }

    private mutating func add(_ fit: ScalingFit, _ law: KnownLaw, _ sweep: SyntheticSweep) {
        sweeps += 1
        let isWhole = fit.windowOrigin == .all
        let cannotTell = fit.notes.contains(.tooFewTrials)
        said[cannotTell ? "cannot tell" : (fit.model ?? "no law") + (isWhole ? "" : " in a window"), default: 0] += 1
        if let model = fit.model, isWhole, law.isLess(model), !fit.undecided.contains(law.model ?? "") { added += 1 }
        if fit.model != nil {
            func lies(_ value: (FittedPoint) -> Double, _ error: (FittedPoint) -> Double?) -> Bool {
                fit.curve.contains { point in
                    guard let fitted = point.fitted, let error = error(point) else { return false }
                    return abs(fitted - value(point)) > 4.5 * error
                }
            }
            misleading += lies({ law.law($0.x) }, { sweep.standardError(at: $0.x) }) ? 1 : 0
            misleadingAsPrinted += lies({ law.law($0.x) }, \.standardError) ? 1 : 0
            offPoints += lies(\.mean, \.standardError) ? 1 : 0
        }
        if let truth = law.crossing, let crossing = fit.contrast?.crossings.first, let interval = crossing.interval {
            crossings.printed += 1
            crossings.hits += interval.contains(truth) ? 1 : 0
        }
        if isWhole, fit.model == law.model {
            found += 1
            for (index, truth) in law.truth.enumerated() {
                guard let interval = fit.parameters.first(where: { $0.name == truth.name })?.interval else { continue }
                intervals[index].printed += 1
                intervals[index].hits += interval.contains(truth.value) ? 1 : 0
            }
        }
        for local in fit.localExponents {
            guard let interval = local.interval else { continue }
            let slope = logarithm(law.law(local.to) / law.law(local.from)) / logarithm(local.to / local.from)
            locals.printed += 1
            locals.hits += interval.contains(slope) ? 1 : 0
        }
    }

    /// Per cent of the sweeps in which this was said.
    package func share(_ what: String) -> Double { 100 * Double(said[what] ?? 0) / Double(max(1, sweeps)) }

    /// One line.
    package func text(_ setting: StudySetting) -> String {
        func percent(_ part: Int, _ whole: Int) -> String {
            whole == 0 ? "-" : Figures.fixed(100 * Double(part) / Double(whole), decimals: 1)
        }
        let shares = said.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \(percent($0.value, sweeps))" }
        let coverage = zip(setting.law.truth, intervals).map { truth, count in
            "\(truth.name) \(percent(count.hits, count.printed))/\(count.printed)"
        }
        return "\(setting.name) | n \(sweeps) | added \(percent(added, sweeps)) misleading \(percent(misleading, sweeps)) "
            + "(as printed \(percent(misleadingAsPrinted, sweeps))) off-points \(percent(offPoints, sweeps)) | local "
            + "\(percent(locals.hits, locals.printed))"
            + (crossings.printed == 0 ? "" : " crossing \(percent(crossings.hits, crossings.printed))/\(crossings.printed)") + " | "
            + "\(coverage.joined(separator: " ")) | \(shares.joined(separator: ", "))"
    }
}
