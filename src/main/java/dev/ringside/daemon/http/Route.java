package dev.ringside.daemon.http;

/**
 * @param path    exact
 * @param example the path with the parameters that make it show something; what the index links to
 * @param doc     one line for the index
 */
record Route(String path, String example, String doc, Endpoint endpoint) {

    static Route of(String path, String doc, Endpoint endpoint) {
        return new Route(path, path, doc, endpoint);
    }
}
