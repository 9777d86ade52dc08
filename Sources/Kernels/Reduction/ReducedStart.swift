import TrialContract

extension StartPoint {
    /// Writes the block norms of x_0 of eight trials.
    func fillNorms(_ r: UnsafeMutablePointer<Lanes>, spectrum: Spectrum, generator: PhiloxLanes) {
        switch self {
        case .radius(let radius):
            let perCoordinate = radius / Double(spectrum.dimension).squareRoot()
            for (k, block) in spectrum.blocks.enumerated() {
                r[k] = Lanes(repeating: perCoordinate.magnitude * Double(block.multiplicity).squareRoot())
            }
        case .blocks(let norms):
            for (k, norm) in norms.enumerated() { r[k] = Lanes(repeating: norm.magnitude) }
        case .vector(let values):
            var first = 0
            for (k, block) in spectrum.blocks.enumerated() {
                let part = values[first..<first + block.multiplicity]
                r[k] = Lanes(repeating: part.reduce(0) { $0.addingProduct($1, $1) }.squareRoot())
                first += block.multiplicity
            }
        case .sphere(let radius):
            fillSphere(r, radius: radius, spectrum: spectrum, generator: generator)
        case .defined: fatalError("a defined objective is never reduced")
        }
    }

    /// Norms of a uniform direction: (n, q) of each block as `BlockNoise` draws them, unit 0 of the stream `start`,
    /// scaled to the radius.
    private func fillSphere(
        _ r: UnsafeMutablePointer<Lanes>, radius: Double, spectrum: Spectrum, generator: PhiloxLanes
    ) {
        let blocks = spectrum.blocks.count
        let workspace = Workspace()
        let row: UnsafeMutablePointer<Lanes> = workspace.vectors(2 * blocks)
        BlockNoise(spectrum).draw(row, generator: generator, stream: .start, unit: 0)
        for k in 0..<blocks { r[k] = (row[2 * k] * row[2 * k] + row[2 * k + 1] * row[2 * k + 1]).squareRoot() }
        Sphere.normalise(r, dimension: blocks, length: radius.magnitude)
    }
}
