// Command beacon answers over HTTP.
package main

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

//go:embed light.txt
var files embed.FS

func main() {
	light, err := files.ReadFile("light.txt")
	if err != nil {
		panic(err)
	}
	http.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "%s, as user %d\n", light, os.Getuid())
	})
	server := &http.Server{Addr: ":" + os.Getenv("PORT")}
	end, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		<-end.Done()
		_ = server.Shutdown(context.Background())
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		panic(err)
	}
}
