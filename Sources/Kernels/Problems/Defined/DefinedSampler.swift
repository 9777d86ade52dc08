import TrialContract

/// Draws what a defined objective's stochastic gradients see: normals, signs, uniform numbers and indices, each trial its own.
///
/// * All normals of a definition, in its order, are the coordinates of `Gaussian`'s unit noise in double precision, all signs
///   those of `Rademacher`, each from streams of their own (`Stream.normalsDescent`, …).
/// * Uniform number j takes draw j / 2, unit `step`: U where j is even, V where it is odd, as (word / 2^12) 2^-52.
/// * Indices are drawn as `BatchSampler` has it; the k-th sample of indices begins with draw k 2^24.
struct DefinedSampler: Sampler {
    private struct Part {
        var sample: DefinedObjective.Sample
        /// Where it begins in a step's sample.
        var offset: Int
        /// How many of its kind come before: numbers, or samples of indices.
        var before: Int
    }

    /// Where a role's numbers come from.
    private struct Streams {
        var normals: Stream
        var signs: Stream
        var uniform: Stream

        init(_ role: SampleRole) {
            switch role {
            case .descent: (normals, signs, uniform) = (.normalsDescent, .signsDescent, .uniformDescent)
            case .ascent: (normals, signs, uniform) = (.normalsAscent, .signsAscent, .uniformAscent)
            case .third: (normals, signs, uniform) = (.normalsThird, .signsThird, .uniformThird)
            }
        }

        static let own = Streams(normals: .normalsOwn, signs: .signsOwn, uniform: .uniformOwn)

        init(normals: Stream, signs: Stream, uniform: Stream) {
            (self.normals, self.signs, self.uniform) = (normals, signs, uniform)
        }
    }

    private let parts: [Part]
    let vectorsPerStep: Int

    /// `nil` where nothing is drawn.
    init?(_ samples: [DefinedObjective.Sample]) {
        guard !samples.isEmpty else { return nil }
        var parts: [Part] = []
        var offset = 0
        for sample in samples {
            let before = parts.reduce(0) { count, part in
                switch (part.sample.law, sample.law) {
                case (.indices, .indices): count + 1
                case (.normal, .normal), (.rademacher, .rademacher), (.uniform, .uniform): count + part.sample.count
                default: count
                }
            }
            parts.append(Part(sample: sample, offset: offset, before: before))
            offset += sample.count
        }
        self.parts = parts
        vectorsPerStep = offset
    }

    func fill(_ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, role: SampleRole, steps: Range<Int>) {
        fill(buffer, generator, Streams(role), role, steps)
    }

    /// What an algorithm draws for itself, from streams that no sample has.
    func fillOwn(_ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, steps: Range<Int>) {
        fill(buffer, generator, .own, .descent, steps)
    }

    private func fill(
        _ buffer: UnsafeMutablePointer<Lanes>, _ generator: PhiloxLanes, _ streams: Streams, _ role: SampleRole,
        _ steps: Range<Int>
    ) {
        let normals = parts.filter { $0.sample.law == .normal }
        let signs = parts.filter { $0.sample.law == .rademacher }
        fill(
            buffer, normals, Gaussian(parameters: [:], precision: .double),
            streams.normals, generator, steps)
        fill(
            buffer, signs, Rademacher(parameters: [:], precision: .double), streams.signs, generator, steps)
        for part in parts {
            switch part.sample.law {
            case .normal, .rademacher: break
            case .uniform: fillUniform(buffer + part.offset, part, generator, streams.uniform, steps)
            case .indices(let count, let withReplacement):
                BatchSampler(
                    examples: count, batch: part.sample.count, withReplacement: withReplacement,
                    firstDraw: UInt64(part.before) << 24
                ).fill(
                    buffer + part.offset, vectorsPerStep: vectorsPerStep, generator: generator, role: role,
                    steps: steps)
            }
        }
    }

    /// Parts of one law, drawn together in whole units of steps and put where they belong.
    private func fill(
        _ buffer: UnsafeMutablePointer<Lanes>, _ parts: [Part], _ model: any NoiseModel, _ stream: Stream,
        _ generator: PhiloxLanes, _ steps: Range<Int>
    ) {
        let count = parts.reduce(0) { $0 + $1.sample.count }
        guard count > 0 else { return }
        let whole = model.wholeUnits(steps)
        let isAligned = whole == steps && count == vectorsPerStep
        let workspace = Workspace()
        let drawn = isAligned ? buffer : workspace.vectors(whole.count * count)
        model.fill(
            drawn, generator: generator, stream: stream, steps: whole, dimension: count, scale: Lanes(repeating: 1))
        guard !isAligned else { return }
        for step in steps {
            var row = drawn + (step - whole.lowerBound) * count
            for part in parts {
                (buffer + (step - steps.lowerBound) * vectorsPerStep + part.offset).update(
                    from: row, count: part.sample.count)
                row += part.sample.count
            }
        }
    }

    private func fillUniform(
        _ buffer: UnsafeMutablePointer<Lanes>, _ part: Part, _ generator: PhiloxLanes, _ stream: Stream,
        _ steps: Range<Int>
    ) {
        var row = buffer
        for step in steps {
            for k in 0..<part.sample.count {
                let j = part.before + k
                let (u, v) = generator.draw(
                    UInt64(j / 2), unit: UInt64(step), stream: stream)
                row[k] = unitInterval(j & 1 == 0 ? u : v)
            }
            row += vectorsPerStep
        }
    }
}
