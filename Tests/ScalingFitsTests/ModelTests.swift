import PortableMath
import Testing

@testable import ScalingFits

/// What every model of the catalogue promises, checked over the catalogue.
@Suite struct ModelTests {
    static let names = ModelCatalogue.all.map(\.name)

    /// A member of the family with every term at work, by what its parameters are.
    static func member(_ model: any FitModel) -> SIMD4<Double> {
        if model.name == "broken-power" { return SIMD4(0.7, 0.8, 2.2, 0.3) }
        return model.lawParameters.enumerated().reduce(into: SIMD4<Double>.zero) { theta, parameter in
            theta[parameter.offset] = switch parameter.element.role {
            case .floor: 0.02
            case .prefactor: 0.7
            case .exponent: 1.4
            case .partialExponent: 0.8
            case .term(let power): 0.2 + 0.2 * power
            case .shape: 0.5
            }
        }
    }

    static let abscissae = [-6.0, -1, -0.2, 0, 0.3, 2, 7].map { Abscissa(scaled: PortableMath.exp($0), logScaled: $0) }

    @Test(arguments: names) func gradientsAgreeWithDifferences(name: String) throws {
        let model = try #require(ModelCatalogue.find(name))
        let theta = Self.member(model)
        for abscissa in Self.abscissae {
            let exact = model.evaluate(theta, at: abscissa)
            for lane in 0..<4 {
                var (low, high) = (theta, theta)
                low[lane] -= 1e-5
                high[lane] += 1e-5
                let slope = (model.evaluate(high, at: abscissa).value - model.evaluate(low, at: abscissa).value) / 2e-5
                let expected = lane < model.parameters ? exact.gradient[lane] : 0
                let tolerance = 1e-7 * (1 + abs(expected)) + 1e-9 * abs(exact.value)
                #expect(abs(slope - expected) < tolerance, "\(name) lane \(lane) at \(abscissa)")
            }
        }
    }

    @Test(arguments: names) func readingGradientsAgreeWithDifferences(name: String) throws {
        let model = try #require(ModelCatalogue.find(name))
        let theta = Self.member(model)
        let gradients = model.readingGradients(theta, logScale: -1.3)
        #expect(gradients.count == model.parameters)
        for lane in 0..<model.parameters {
            var (low, high) = (theta, theta)
            low[lane] -= 1e-5
            high[lane] += 1e-5
            let slope = (model.reading(high, logScale: -1.3) - model.reading(low, logScale: -1.3)) / 2e-5
            for parameter in 0..<model.parameters {
                let exact = gradients[parameter][lane]
                #expect(abs(slope[parameter] - exact) < 1e-7 * (1 + abs(exact)), "\(name) \(parameter) \(lane)")
            }
        }
    }

    /// The scale is where x / scale = 1, so a reading is what the law says in the user's units.
    @Test(arguments: names) func readingsDescribeTheSameLaw(name: String) throws {
        let model = try #require(ModelCatalogue.find(name))
        let theta = Self.member(model)
        let logScale = -1.3
        let reading = model.reading(theta, logScale: logScale)
        for abscissa in Self.abscissae {
            let x = PortableMath.exp(abscissa.logScaled + logScale)
            let value = model.evaluate(theta, at: abscissa).value
            #expect(abs(Self.law(model, reading, x) - value) < 1e-12 * (1 + abs(value)))
        }
    }

    /// Sums of powers by what their parameters are; laws with a shape have their formulas here.
    private static func law(_ model: any FitModel, _ p: SIMD4<Double>, _ x: Double) -> Double {
        switch model.name {
        case "saturating": return p[0] * PortableMath.pow(x, p[1]) / (1 + PortableMath.pow(x / p[2], p[1]))
        case "broken-power":
            return p[0] * PortableMath.pow(x / p[3], p[1]) * PortableMath.pow(1 + x * x / (p[3] * p[3]), (p[2] - p[1]) / 2)
        default: break
        }
        let exponent = model.lane(of: .exponent).map { p[$0] } ?? model.fixedExponent ?? .nan
        return model.lawParameters.enumerated().reduce(0) { sum, parameter in
            let value = p[parameter.offset]
            return switch parameter.element.role {
            case .floor: sum + value
            case .prefactor: sum + value * PortableMath.pow(x, exponent)
            case .term(let power): sum + value * PortableMath.pow(x, power)
            case .exponent: sum
            // A law with a shape needs its formula above.
            case .partialExponent, .shape: .nan
            }
        }
    }

    @Test(arguments: names) func exactMembersAreRecovered(name: String) throws {
        let model = try #require(ModelCatalogue.find(name))
        let logScale = PortableMath.log(0.0316227766016838)
        let truth = model.reading(Self.member(model), logScale: logScale)
        let xs = (model.usesZero ? [0] : []) + Synthetic.rhos
        let table = Synthetic.deterministic(xs) { Self.law(model, truth, $0) }
        let options = FitOptions(model: name, bootstrapResamples: 0, window: .all)
        let fit = try #require(try ScalingFitter.fit(table, options: options).fitted)
        for (index, parameter) in fit.parameters.enumerated() {
            #expect(abs(parameter.value - truth[index]) < 1e-7 * abs(truth[index]), "\(parameter)")
        }
        #expect(fit.exponent == fit.parameters.first { $0.name == "exponent" }?.value ?? model.fixedExponent)
    }

    @Test func namesAreUniqueAndSimplestFirst() {
        #expect(Set(Self.names).count == Self.names.count)
        let automatic = ModelCatalogue.all.filter(\.isChosenAutomatically)
        #expect(zip(automatic, automatic.dropFirst()).allSatisfy { $0.parameters <= $1.parameters })
        #expect(automatic.prefix(2).map(\.name) == ["constant", "power"])
        #expect(ModelCatalogue.all.allSatisfy { $0.parameters <= 4 })
    }
}
