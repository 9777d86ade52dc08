import Foundation
import Testing

/// `fit` as users run it.
@Suite struct FitTests {
    private static let sweep = SampleSweep.small
        .replacingOccurrences(of: "rho: [0, 0.01, 0.1, 1.0]", with: "rho: [0, 0.01, 0.03, 0.1, 0.3, 1.0]")
        .replacingOccurrences(of: "steps: 200", with: "steps: 100")

    private func result() throws -> Program {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5", "--progress", "none").status == 0)
        return program
    }

    @Test func theDefaultTableIsShortAndDetailsAreThereWhenAskedFor() throws {
        let program = try result()
        let short = try program.run("fit", "r.h5", "--plots", "0", "--bootstrap", "200", environment: ["COLUMNS": "120"])
        #expect(short.status == 0)
        #expect(short.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
        #expect(short.output.contains("Not fitted: 4 groups (optimizer = sgd)") || short.output.contains("sgd  "))
        #expect(!short.output.contains("Akaike weights"))
        let long = try program.run("fit", "r.h5", "--plots", "0", "--bootstrap", "200", "--verbose")
        #expect(long.output.contains("Akaike weights"))
    }

    @Test func severalRegressorsGiveAProductLaw() throws {
        let program = try result()
        let fit = try program.run("fit", "r.h5", "--against", "rho,noise", "--by", "optimizer", "--format", "json")
        #expect(fit.status == 0)
        let list = try #require(try JSONSerialization.jsonObject(with: Data(fit.output.utf8)) as? [[String: Any]])
        #expect(list.count == 3)
        let all = try program.run("fit", "r.h5", "--law", "product", "--by", "optimizer")
        #expect(all.output.contains("= C dimension^d noise^n rho^r"))
        for format in ["csv", "markdown", "latex"] {
            let text = try program.run("fit", "r.h5", "--law", "product", "--format", format)
            #expect(text.status == 0 && text.output.contains("noise"))
        }
        let mixed = try program.run("fit", "r.h5", "--against", "rho,noise", "--model", "power")
        #expect(mixed.status == 64 && mixed.messages.contains("--model"))
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] != nil))
    func xarrayOpensAFileOfFits() throws {
        let program = try result()
        let written = try program.run("fit", "r.h5", "--output", "out/fits.nc", "--format", "json", "--bootstrap", "200")
        #expect(written.status == 0)
        let products = try program.run("fit", "r.h5", "--law", "product", "--by", "optimizer", "--output", "out/products.nc")
        #expect(products.status == 0)
        #expect(program.files.filter { $0.hasPrefix("out/") } == ["out/fits.nc", "out/products.nc"])
        let groups = try #require(
            try JSONSerialization.jsonObject(with: Data(written.output.utf8)) as? [[String: Any]])
        let exponents = groups.map { $0["exponent"] as? Double ?? .nan }
        let script = """
            import sys, xarray
            for engine in ("h5netcdf", "netcdf4"):
                fits = xarray.open_dataset(sys.argv[1], engine=engine)
                assert fits.model.dims == ("optimizer", "dimension", "noise", "learning_rate"), fits.model.dims
                assert fits.fitted.dims == fits.model.dims + ("rho",) and fits.residual.dims == fits.fitted_lower.dims
                assert fits.measured.notnull().any() and list(fits.rho.values) == [0, 0.01, 0.03, 0.1, 0.3, 1.0]
                known = fits.fitted.where(fits.measured_standard_error > 0)
                error = (fits.measured - known) / fits.measured_standard_error - fits.residual
                assert abs(error).max(skipna=True).fillna(0) < 1e-9
                assert list(fits.noise.values) == [0.1, 1.0] and fits.attrs["against"] == "rho"
                print(" ".join(float(x).hex() for x in fits.exponent.values.flatten()))
                products = xarray.open_dataset(sys.argv[2], engine=engine)
                assert products.exponent_rho.sizes == {"optimizer": 3}
                # A grid that does not follow a product has exponents as averages and no intervals.
                product = products.sel(optimizer="m-sam")
                assert -1 < product.exponent_rho < 0 and product.exponent_rho_lower.isnull()
            """
        try program.write("read.py", script)
        let python = try RunningProgram(
            URL(filePath: try #require(ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"])),
            ["read.py", "out/fits.nc", "out/products.nc"], in: program.folder, environment: [:]).finish()
        #expect(python.status == 0, "\(python.messages)")
        let lines = python.output.split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines {
            let values = line.split(separator: " ").map { Double($0) ?? .nan }
            // JSONSerialization does not round to the nearest double.
            #expect(values.count == exponents.count)
            #expect(zip(values, exponents).allSatisfy { abs($0 - $1) <= 1e-14 * abs($1) || $0.isNaN && $1.isNaN })
        }
    }

    /// `derive: {noise: "sqrt(LAW)"}`: after one step of sgd from the minimiser with learning rate 1, distance² is noise² times a
    /// chi-squared variable over its mean, so that the law is whatever stands there.
    private func oneStep(_ law: String, dimensions: String = "[2, 3, 4, 6, 10]", seed: Int = 5, shared: Bool = false) -> String {
        """
        schema: 1
        name: law
        problem: {name: quadratic, eigenvalues: 1}
        optimizer: sgd
        common_random_numbers: \(shared)
        noise_scale: total
        start: {radius: 0}
        steps: 1
        learning_rate: 1
        trials: 64
        seed: \(seed)
        axes: {rho: [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1], dimension: \(dimensions)}
        derive: {noise: "sqrt(\(law))"}
        record: [distance]
        """
    }

    private func groups(_ outcome: Program.Outcome) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    }

    @Test func sweepsOfAnyLawAreMadeByTheProgramItself() throws {
        let program = try Program()
        func outcomes(_ law: String, shared: Bool = false) throws -> [(model: String?, fit: [String: Any])] {
            try program.write("law.yaml", oneStep(law, shared: shared))
            #expect(try program.run("run", "law.yaml", "--output", "r.h5", "--progress", "none", "--fresh").status == 0)
            return try groups(try program.run("fit", "r.h5", "--format", "json", "--bootstrap", "400")).map { ($0["model"] as? String, $0) }
        }
        let floors = try outcomes("0.01 + rho^1.5")
        // One true law in a hundred is rejected; three of five groups are more than chance leaves.
        #expect(floors.filter { $0.model == "power+floor" }.count >= 3)
        for (model, fit) in floors where model == "power+floor" {
            let interval = try #require(fit["exponent_interval"] as? [Double])
            #expect(interval[0] < 1.65 && interval[1] > 1.35)
        }
        #expect(try outcomes("0.04").filter { $0.model == "constant" }.count >= 3)
        // The same numbers in every cell: nothing but the law differs, and it is found to rounding, or none is.
        for (model, fit) in try outcomes("0.01 + rho^1.5", shared: true) {
            let exponent = try #require(fit["exponent"] as? Double)
            #expect(model == "power+floor" && abs(exponent - 1.5) < 1e-6)
        }
        #expect(try outcomes("0.001 + log(1 + rho / 0.003)", shared: true).allSatisfy { $0.model == nil })
    }

    /// Ten groups with common random numbers and five without, made again in Python from the documentation.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] != nil))
    func anIndependentImplementationAgrees() throws {
        let program = try Program()
        try program.write("joint.yaml", """
            schema: 1
            name: joint
            problem: {name: quadratic, eigenvalues: 1}
            optimizer: [n-sam, m-sam]
            noise: 1
            dimension: 10
            steps: 400
            trials: 64
            seed: 3
            axes: {rho: [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3], learning_rate: [0.02, 0.03, 0.05, 0.08, 0.1]}
            record: [distance]
            """)
        try program.write("independent.yaml", oneStep("0.01 + rho^1.5"))
        let python = try #require(ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"])
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Clients/refit.py")
        for (name, model, least) in [("joint", "polynomial", 3), ("independent", "power+floor", 3)] {
            #expect(try program.run("run", "\(name).yaml", "--output", "\(name).h5", "--progress", "none").status == 0)
            try program.write("trials.csv", try program.run("export", "\(name).h5", "--trials").output)
            let fits = try program.run(
                "fit", "\(name).h5", "--model", model, "--window", "all", "--bootstrap", "1000", "--format", "json")
            try program.write("fits.json", fits.output)
            let own = try RunningProgram(
                URL(filePath: python), [script.path, "trials.csv", "fits.json", model, name], in: program.folder, environment: [:]
            ).finish()
            #expect(own.status == 0, "\(own.messages)")
            let counts = own.output.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }
            #expect(counts.count == 2 && counts[0] == (name == "joint" ? 10 : 5) && counts[1] >= least, "\(own.output)")
        }
    }

    @Test func optimizersAreComparedCellByCell() throws {
        let program = try result()
        let text = try program.run("compare", "r.h5", "n-sam,m-sam", environment: ["COLUMNS": "160"])
        #expect(text.status == 0 && text.output.contains("Where n-sam crosses m-sam along rho"), "\(text.messages)")
        for format in ["csv", "markdown", "latex", "html"] {
            #expect(try program.run("compare", "r.h5", "n-sam,m-sam", "--format", format).status == 0)
        }
        let json = try program.run("compare", "r.h5", "n-sam,m-sam", "--format", "json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let places = try #require(object["places"] as? [[String: Any]])
        #expect(object["trial_by_trial"] as? Bool == true && !places.isEmpty)
        // Without rho both are sgd, bit for bit.
        for place in places {
            let at = try #require(place["at"] as? [String: Any])
            if at["rho"] as? Double == 0 { #expect(place["difference"] as? Double == 0 && place["nearer"] is NSNull) }
        }
        #expect(object["first_alone"] as? Int == 0)
        // An optimizer that was run at one rho only is compared there, and the rest is said to be left out.
        let alone = try program.run(
            "run", "sweep.yaml", "--set", "where=optimizer != 'n-sam' or rho == 0", "--output", "alone.h5", "--progress", "none")
        let less = try program.run("compare", "alone.h5", "n-sam,m-sam", environment: ["COLUMNS": "300"])
        #expect(alone.status == 0 && less.output.contains(" cells of m-sam have no partner at the same setting"), "\(alone.messages)\(less)")
        #expect(less.output.contains("equal") && !less.output.contains("undecided"), "\(less.output)")
        let unknown = try program.run("compare", "r.h5", "n-sam,adam")
        #expect(unknown.status != 0 && unknown.messages.contains("optimizer has no value 'adam'"))
        #expect(try program.run("compare", "r.h5", "n-sam").status == 64)
    }

    @Test func whatAPaperNeedsOfAFitIsThere() throws {
        let program = try Program()
        try program.write("sweep.yaml", """
            schema: 1
            name: paper
            problem: {name: quadratic, eigenvalues: 1}
            optimizer: [m-sam]
            noise: 1
            dimension: 10
            learning_rate: 0.05
            steps: 400
            trials: 64
            seed: 3
            axes: {rho: [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3]}
            record: [distance]
            curves: {at: [1, 100, 200, 360, 400], of: [distance_squared]}
            """)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5", "--progress", "none").status == 0)
        let fit = try program.run("fit", "r.h5", "--theory", "--precision", "0.01", "--model", "polynomial", "--format", "json")
        #expect(fit.status == 0 && !fit.messages.contains("not stationary"))
        let group = try #require(try groups(fit).first)
        let parameters = try #require(group["theory_parameters"] as? [[String: Any]])
        let names = parameters.compactMap { $0["name"] as? String }
        #expect(names == ["floor", "linear", "quadratic"])
        // Stationary sgd: h/(2 - h).
        #expect(abs(try #require(parameters[0]["theory"] as? Double) - 0.05 / 1.95) < 1e-4)
        for own in parameters { #expect(abs(try #require(own["z"] as? Double)) < 5) }
        #expect((group["precision"] as? [String: Any])?["trials_per_cell"] as? Int == 64)
        let exported = try program.run("export", "r.h5", "--statistics", "distance_squared,excess")
        #expect(exported.status == 0 && exported.output.contains(",excess,64,0,0,0.0,"))
        #expect(try program.run("fit", "r.h5", "--precision", "0").status == 64)
        // Ten steps are no stationary state.
        let early = try program.run(
            "run", "sweep.yaml", "--set", "steps=40", "--set", "curves.at=[1, 10, 36, 40]", "--set", "start.radius=100", "--output", "e.h5",
            "--progress", "none")
        #expect(early.status == 0, "\(early.messages)")
        #expect(try program.run("fit", "e.h5", "--plots", "0").messages.contains("not stationary"))
    }

    /// Finite trials whose squares are not: their group is named, and the others are fitted.
    @Test func trialsThatRunAwayDoNotEndTheFit() throws {
        let program = try Program()
        try program.write("sweep.yaml", """
            schema: 1
            name: runaway
            problem: {name: quadratic, eigenvalues: [0.3, 1, 2]}
            optimizer: m-sam
            steps: 200
            trials: 37
            axes: {rho: [0, 0.1, 0.3, 1], learning_rate: [0.05, 3.0], noise: [0.5]}
            """)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 0)
        for arguments in [["fit", "r.h5"], ["fit", "r.h5", "--law", "product"], ["fit", "r.h5", "--response", "excess"]] {
            let fit = try program.finish(program.start(arguments))
            #expect(fit.status == 0 || fit.status == 65, "\(fit.messages)")
        }
        let fit = try program.run("fit", "r.h5")
        #expect(fit.status == 0 && fit.output.contains("run away"), "\(fit.output)")
    }

    @Test func aResultIsNeverReplacedByFits() throws {
        let program = try result()
        let before = try Data(contentsOf: program.folder.appending(path: "r.h5"))
        let fit = try program.run("fit", "r.h5", "--output", "r.h5", "--bootstrap", "0")
        #expect(fit.status == 73 && fit.messages.contains("no file of fits"))
        #expect(try Data(contentsOf: program.folder.appending(path: "r.h5")) == before)
        // Its own file is.
        #expect(try program.run("fit", "r.h5", "--output", "f.nc", "--bootstrap", "0").status == 0)
        #expect(try program.run("fit", "r.h5", "--output", "f.nc", "--bootstrap", "0").status == 0)
    }
}
