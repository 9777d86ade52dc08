import ScalingFits

/// How often intervals contain the truth, over sweeps that are fitted with the true model.
package struct Coverage {
    /// Per parameter of the law: sweeps whose interval contains the true value.
    package private(set) var hits: [Int]
    /// Per parameter: the intervals' half widths.
    private var widths: [[Double]]
    package private(set) var fits = 0

    package init(
        _ law: KnownLaw, trials: Int, numbers: SharedNumbers, sweeps: Range<Int>, resamples: Int,
        method: IntervalMethod = .bca
    ) throws {
        let sweep = SyntheticSweep(law, trials: trials, numbers: numbers)
        let fitter = try ScalingFitter(options: FitOptions(
            model: law.model, bootstrapResamples: resamples, window: .all, intervalMethod: method))
        hits = law.truth.map { _ in 0 }
        widths = law.truth.map { _ in [] }
        for seed in sweeps {
            guard case .fit(let fit) = fitter.fit([sweep.table(seed: UInt32(seed))], threads: 1)[0] else { continue }
            fits += 1
            for (index, truth) in law.truth.enumerated() {
                guard let interval = fit.parameters.first(where: { $0.name == truth.name })?.interval else { continue }
                if interval.contains(truth.value) { hits[index] += 1 }
                widths[index].append(interval.width / 2)
            }
        }
    }

    /// The median half width of a parameter's intervals.
    package func halfWidth(_ parameter: Int) -> Double {
        let sorted = widths[parameter].sorted()
        return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
    }

    /// In per cent, per parameter.
    package var percentages: [Double] { hits.map { 100 * Double($0) / Double(max(1, fits)) } }
}

/// How often the intervals of local exponents contain the true exponent, in per cent; the law is a power.
package func localExponentCoverage(
    _ law: KnownLaw, exponent: Double, trials: Int, numbers: SharedNumbers, sweeps: Range<Int>
) -> Double {
    let sweep = SyntheticSweep(law, trials: trials, numbers: numbers)
    var (hits, all) = (0, 0)
    for seed in sweeps {
        for local in LocalExponents.of(sweep.table(seed: UInt32(seed))) {
            all += 1
            if local.interval?.contains(exponent) ?? false { hits += 1 }
        }
    }
    return 100 * Double(hits) / Double(max(1, all))
}
