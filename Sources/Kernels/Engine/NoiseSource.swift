import TrialContract

/// The noise that the slots of a group see: drawn once per chunk of steps, scaled for each of its noise levels in turn.
///
/// A group of one level is drawn at its scale at once. With several levels the unit noise is kept and `prepare` writes
/// it at one level's scale, so that a step multiplies nothing.
final class NoiseSource {
    /// One stream's noise of a chunk, `[step][coordinate]`.
    private struct Buffer {
        let stream: Stream
        /// What slots read.
        let noise: UnsafeMutablePointer<Lanes>
        /// Unit noise; `nil`: there is one level.
        let unit: UnsafeMutablePointer<Lanes>?
    }

    let generator: PhiloxLanes
    /// Where slots find their noise; where the launcher uses none of a kind, it points nowhere useful.
    let descentNoise: UnsafeMutablePointer<Lanes>
    let ascentNoise: UnsafeMutablePointer<Lanes>
    /// Components of a finite sum; `nil`: not one, or full gradients.
    let descentComponents: UnsafeMutablePointer<Lanes>?
    let ascentComponents: UnsafeMutablePointer<Lanes>?
    let thirdNoise: UnsafeMutablePointer<Lanes>
    let thirdComponents: UnsafeMutablePointer<Lanes>?
    /// What the algorithm draws for itself; `nil`: nothing.
    let ownDraws: UnsafeMutablePointer<Lanes>?
    private let scales: [Lanes]
    /// Additive noise that is 0 everywhere: its buffers hold zeros.
    private let isSilent: Bool
    private let buffers: [Buffer]

    /// How many buffers of noise a group of this many levels keeps.
    static func bufferCount(_ launcher: Launcher, levels: Int) -> Int {
        let streams = (launcher.usesDescentNoise ? 1 : 0) + (launcher.usesAscentNoise ? 1 : 0)
            + (launcher.usesThirdNoise ? 1 : 0)
        return streams * (levels > 1 ? 2 : 1)
    }

    /// - Parameters:
    ///   - scales: the levels, one vector of lanes each.
    ///   - room: vectors of noise in a chunk.
    ///   - componentRoom: vectors of drawn components in a chunk; `nil`: not a finite sum.
    ///   - ownRoom: vectors that the algorithm draws for itself in a chunk.
    init(
        _ identity: PhiloxLanes.Identity, scales: [Lanes], launcher: Launcher, room: Int, componentRoom: Int?, ownRoom: Int,
        workspace: Workspace
    ) {
        self.scales = scales
        generator = PhiloxLanes(identity, storage: workspace.vectors(PhiloxLanes.storageVectors))
        let uses = (descent: launcher.usesDescentNoise, ascent: launcher.usesAscentNoise, third: launcher.usesThirdNoise)
        descentNoise = workspace.vectors(uses.descent ? room : 0)
        ascentNoise = workspace.vectors(uses.ascent ? room : 0)
        descentComponents = uses.descent ? componentRoom.map { workspace.vectors($0) } : nil
        ascentComponents = uses.ascent ? componentRoom.map { workspace.vectors($0) } : nil
        thirdNoise = workspace.vectors(uses.third ? room : 0)
        thirdComponents = uses.third ? componentRoom.map { workspace.vectors($0) } : nil
        ownDraws = ownRoom > 0 ? workspace.vectors(ownRoom) : nil
        func buffer(_ stream: Stream, _ noise: UnsafeMutablePointer<Lanes>) -> Buffer {
            Buffer(stream: stream, noise: noise, unit: scales.count > 1 ? workspace.vectors(room) : nil)
        }
        var buffers: [Buffer] = []
        if uses.descent { buffers.append(buffer(.descentNoise, descentNoise)) }
        if uses.ascent { buffers.append(buffer(.ascentNoise, ascentNoise)) }
        if uses.third { buffers.append(buffer(.thirdNoise, thirdNoise)) }
        self.buffers = buffers
        isSilent = !launcher.drawsZeroNoise && scales.allSatisfy { $0 == Lanes(repeating: 0) }
        if isSilent {
            for buffer in buffers { buffer.noise.update(repeating: Lanes(repeating: 0), count: room) }
        }
    }

    /// Draws whole units of steps.
    func draw(_ model: any NoiseModel, steps: Range<Int>, dimension: Int) {
        guard !isSilent else { return }
        for buffer in buffers {
            model.fill(
                buffer.unit ?? buffer.noise, generator: generator, stream: buffer.stream, steps: steps,
                dimension: dimension, scale: buffer.unit == nil ? scales[0] : Lanes(repeating: 1))
        }
    }

    /// Draws the components that `steps` take.
    func draw(_ sampler: any Sampler, steps: Range<Int>) {
        descentComponents.map { sampler.fill($0, generator: generator, role: .descent, steps: steps) }
        ascentComponents.map { sampler.fill($0, generator: generator, role: .ascent, steps: steps) }
        thirdComponents.map { sampler.fill($0, generator: generator, role: .third, steps: steps) }
    }

    /// Draws what the algorithm draws for itself.
    func drawOwn(_ sampler: DefinedSampler, steps: Range<Int>) {
        ownDraws.map { sampler.fillOwn($0, generator: generator, steps: steps) }
    }

    /// Makes the noise read like level `level`'s, if there is one.
    func prepare(level: Int, vectors: Int) {
        guard level < scales.count, !isSilent else { return }
        let scale = scales[level]
        for buffer in buffers {
            guard let unit = buffer.unit else { return }
            for i in 0..<vectors { buffer.noise[i] = unit[i] * scale }
        }
    }
}
