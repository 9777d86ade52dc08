import TrialContract

extension StartPoint {
    /// Writes x_0 of eight trials; all but `vector` are relative to the minimiser.
    func fill(
        _ x: UnsafeMutablePointer<Lanes>, spectrum: Spectrum, generator: PhiloxLanes, minimiser: (Int) -> Double
    ) {
        fillRelative(x, spectrum: spectrum, generator: generator)
        if self == .defined { fatalError("only a defined objective knows where it begins") }
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
            for j in 0..<d { x[j] = startingNormal(j, generator) }
            Sphere.normalise(x, dimension: d, length: radius)
        case .defined: return
        }
    }
}

extension [DefinedObjective.Start] {
    /// Writes x_0 of eight trials. Normals are drawn as for `StartPoint.sphere`, coordinate by coordinate; uniform coordinate
    /// j takes draw j / 2, unit 1 of the `start` stream: U where j is even, V where it is odd, as (word / 2^12) 2^-52.
    func fill(_ x: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes) {
        var first = 0
        for part in self {
            let coordinates = first..<first + part.count
            switch part {
            case .values(let values):
                for (j, value) in zip(coordinates, values) { x[j] = Lanes(repeating: value) }
            case .normal(_, let scale):
                for j in coordinates { x[j] = startingNormal(j, generator) * scale }
            case .sphere(let count, let radius):
                for j in coordinates { x[j] = startingNormal(j, generator) }
                Sphere.normalise(x + first, dimension: count, length: radius)
            case .uniform(_, let from, let to):
                for j in coordinates {
                    let (u, v) = generator.draw(UInt64(j / 2), unit: 1, stream: .start)
                    let unit = unitInterval(j & 1 == 0 ? u : v)
                    x[j] = Lanes(repeating: from).adding(unit, times: Lanes(repeating: to - from))
                }
            }
            first += part.count
        }
    }
}

/// Coordinate j's normal of the `start` stream: draw j / 2, unit 0; even coordinates take the even step's.
private func startingNormal(_ j: Int, _ generator: PhiloxLanes) -> Lanes {
    let (radiusWord, angleWord) = generator.draw(UInt64(j / 2), unit: 0, stream: .start)
    let (even, odd) = Gaussian.pair(radiusWord, angleWord)
    return j & 1 == 0 ? even : odd
}
