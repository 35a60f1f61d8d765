// The lab's vCenter: govmomi's simulator with TLS, a password, an inventory of its own and machines that outlive a restart.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"log"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	_ "github.com/vmware/govmomi/pbm/simulator"
	"github.com/vmware/govmomi/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator"
	"github.com/vmware/govmomi/vim25"
)

// Cluster API records a machine's BIOS UUID a few seconds after its clone, and gives a machine up whose UUID it no longer finds.
// The state on disk may never lag as much.
const saveEvery = 300 * time.Millisecond

func main() {
	listen := flag.String("listen", "", "address, with port")
	cert := flag.String("cert", "", "serving certificate")
	key := flag.String("key", "", "its key")
	user := flag.String("user", "", "who may log in")
	passwordFile := flag.String("password-file", "", "with which password")
	inventoryFile := flag.String("inventory", "", "datacenter, clusters, datastores, networks, templates")
	stateFile := flag.String("state", "", "where the machines are kept")
	flag.Parse()

	inventory, err := readInventory(*inventoryFile)
	must(err)
	password, err := os.ReadFile(*passwordFile)
	must(err)
	pair, err := tls.LoadX509KeyPair(*cert, *key)
	must(err)

	model := simulator.VPX()
	defer model.Remove()
	model.Datacenter = 0
	must(model.Create())
	ctx := context.Background()
	client, err := vim25.NewClient(ctx, model.Service)
	must(err)
	must(inventory.create(ctx, client))
	store := machineStore{client: client, file: *stateFile}
	must(store.restore(ctx))

	// Only now: a client that connects sees the whole inventory, or nothing.
	login := url.UserPassword(*user, strings.TrimSpace(string(password)))
	model.Service.Listen = &url.URL{Host: *listen, User: login}
	model.Service.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	model.Service.RegisterEndpoints = true
	server := model.Service.NewServer()
	must(inventory.attachTags(ctx, server.URL, login))
	log.Printf("listening on %s", server.URL.Host)

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	tick := time.NewTicker(saveEvery)
	for {
		select {
		case <-tick.C:
			if err := store.save(ctx); err != nil {
				log.Printf("machines not saved: %v", err)
			}
		case <-stop:
			must(store.save(ctx))
			return
		}
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
