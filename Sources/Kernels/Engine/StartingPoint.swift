import TrialContract

extension StartPoint {
    /// Writes x_0 of eight trials; all but `vector` are relative to the minimiser.
    func fill(
        _ x: UnsafeMutablePointer<Lanes>, spectrum: Spectrum, generator: PhiloxLanes, minimiser: (Int) -> Double
    ) {
        fillRelative(x, spectrum: spectrum, generator: generator)
        if case .vector = self { return }
        for j in 0..<spectrum.dimension { x[j] += minimiser(j) }
    }

    private func fillRelative(_ x: UnsafeMutablePointer<Lanes>, spectrum: Spectrum, generator: PhiloxLanes) {
        let d = spectrum.dimension
        switch self {
        case .radius(let radius):
            x.update(repeating: Lanes(repeating: radius / Double(d).squareRoot()), count: d)
        case .vector(let values):
            for j in 0..<d { x[j] = Lanes(repeating: values[j]) }
        case .blocks(let norms):
            var j = 0
            for (block, norm) in zip(spectrum.blocks, norms) {
                let value = norm / Double(block.multiplicity).squareRoot()
                for _ in 0..<block.multiplicity {
                    x[j] = Lanes(repeating: value)
                    j += 1
                }
            }
        case .sphere(let radius):
            // Normals of the `start` stream: draw j / 2, unit 0; even coordinates take the even step's.
            for j in 0..<d {
                let (radiusWord, angleWord) = generator.draw(UInt64(j / 2), unit: 0, stream: .start)
                let (even, odd) = Gaussian.pair(radiusWord, angleWord)
                x[j] = j & 1 == 0 ? even : odd
            }
            Sphere.normalise(x, dimension: d, length: radius)
        }
    }
}
