import ScalingFits

/// How often 95 % intervals contain the truth.
package struct CoverageCount {
    package var hits: [Int]
    package var widths: [Double]
    package var fits = 0

    /// - Parameter sweeps: synthetic sweeps, each fitted with the true model.
    package init(
        _ law: KnownLaw, trials: Int, isCommon: Bool, sweeps: Int, scenario: UInt32, resamples: Int,
        method: IntervalMethod = .bca
    ) throws {
        let sweep = SyntheticSweep(x: law.x, trials: trials, isCommon: isCommon, scenario: scenario, law: law.law)
        let options = FitOptions(
            model: law.model, bootstrapResamples: resamples, window: .all, intervalMethod: method)
        let fitter = try ScalingFitter(options: options)
        hits = law.truth.map { _ in 0 }
        widths = law.truth.map { _ in 0 }
        for seed in 0..<sweeps {
            guard case .fit(let fit) = fitter.fit([sweep.table(seed: UInt32(seed))], threads: 1)[0] else { continue }
            fits += 1
            for (index, truth) in law.truth.enumerated() {
                guard let interval = fit.parameters.first(where: { $0.name == truth.name })?.interval else { continue }
                if interval.contains(truth.value) { hits[index] += 1 }
                widths[index] += interval.width / 2
            }
        }
    }

    /// In per cent.
    package var coverage: [Double] { hits.map { 100 * Double($0) / Double(max(1, fits)) } }
}
